"""Quantities in a text, in normalised form, and whether one holds another.

"1.5 million", "1,500,000" and "1500000" are one value; so are "a dozen" and "12",
"5-to-1" and "five to one", "half" and "50 %", "3 km" and "3,000 metres", "a year and a half" and
"18 months".
"""

from rag.verify.numbers.agreement import holds, same_numeral, same_unit
from rag.verify.numbers.mentions import quantities
from rag.verify.numbers.quantity import Quantity, Reading

__all__ = ["Quantity", "Reading", "holds", "quantities", "same_numeral", "same_unit"]

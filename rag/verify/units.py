"""Units, currencies and scale words, each brought to one form."""

# word: (unit, factor to that unit); quantities of the same unit are compared by value.
UNITS: dict[str, tuple[str, float]] = {}


def _define(unit: str, **words: float) -> None:
    for names, factor in words.items():
        for name in names.split("_"):
            UNITS[name] = (unit, factor)


_YEAR = 31_557_600.0
_define("m", m_metre_metres_meter_meters=1, km_kms_kilometre_kilometres_kilometer_kilometers=1000)
_define("m", cm_centimetre_centimetres_centimeter_centimeters=0.01, mm_millimetre_millimetres_millimeters=0.001)
_define("m", mile_miles_mi=1609.344, yard_yards=0.9144, foot_feet_ft=0.3048, inch_inches=0.0254)
_define("kg", kg_kgs_kilo_kilos_kilogram_kilograms_kilogramme=1, g_gram_grams=0.001, mg_milligram_milligrams=1e-6)
_define("kg", tonne_tonnes_ton_tons=1000, lb_lbs=0.45359237, ounce_ounces_oz=0.02834952)
_define("s", second_seconds_sec_secs=1, minute_minutes_min_mins=60, hour_hours_hr_hrs=3600)
_define("s", day_days=86_400, week_weeks=604_800, month_months=_YEAR / 12, year_years=_YEAR)
_define("s", decade_decades=10 * _YEAR, century_centuries=100 * _YEAR)
_define("s", tag_tage_tagen=86_400, stunde_stunden=3600, woche_wochen=604_800, jahr_jahre_jahren=_YEAR)
_define("s", jour_jours=86_400, heure_heures=3600, an_ans_annees=_YEAR, dia_dias=86_400, ano_anos=_YEAR)
_define("m2", hectare_hectares_ha=10_000, acre_acres=4046.8564)
for _length, (_, _factor) in [item for item in UNITS.items() if item[1][0] == "m"]:
    UNITS[f"square {_length}"] = "m2", _factor**2
_define("l", litre_litres_liter_liters=1, gallon_gallons=3.785411, barrel_barrels=158.9873)
_define("W", watt_watts_w=1, kilowatt_kilowatts_kw=1e3, megawatt_megawatts_mw=1e6, gigawatt_gigawatts_gw=1e9)
_define("B", kb_kilobytes=1e3, mb_megabyte_megabytes=1e6, gb_gigabyte_gigabytes=1e9, tb_terabyte_terabytes=1e12)
_define("km/h", kph_kmh=1, mph=1.609344)
_define("°C", c_celsius_centigrade=1)
_define("°F", f_fahrenheit=1)
_define("°", degree_degrees_grad=1)
_define("%", percent_pct_pc_prozent=1)
_define("pp", pp_percentage_basispunkte=1)
_define("pp", bp_bps=0.01)
_define("USD", dollar_dollars_usd_buck_bucks_dolar_dolares_dollaro_dollari=1, cent_cents=0.01)
_define("EUR", euro_euros_eur=1)
_define("GBP", pound_pounds_gbp_sterling=1, pence=0.01)
_define("JPY", yen_jpy=1)
_define("CNY", yuan_renminbi_cny=1)
_define("RUB", rouble_roubles_ruble_rubles_rub=1)
_define("INR", rupee_rupees_inr=1)
_define("CHF", franc_francs_chf_franken=1)
_define("UAH", hryvnia_hryvnias_uah=1)
_define("crown", crown_crowns_krone_kroner_krona_kronor_koruna=1)  # of whichever country
_define("peso", peso_pesos=1)
_define("lira", lira_liras=1)
_define("zloty", zloty_zlotys=1)
_define("riyal", riyal_riyals=1)
_define("dinar", dinar_dinars=1)
_define("shekel", shekel_shekels=1)

CURRENCY_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₽": "RUB", "₹": "INR", "₴": "UAH"}
CURRENCIES = frozenset(
    {*CURRENCY_SIGNS.values(), "CNY", "CHF", "crown", "peso", "lira", "zloty", "riyal", "dinar", "shekel"}
)

SCALES: dict[str, float] = {
    **dict.fromkeys(("hundred", "hundreds", "hundert", "cien", "cientos", "cent"), 1e2),
    **dict.fromkeys(("thousand", "thousands", "k", "tausend", "mille", "mil", "miles"), 1e3),
    **dict.fromkeys(("million", "millions", "mn", "mln", "millionen", "millones"), 1e6),
    **dict.fromkeys(("milione", "milioni", "milhao", "milhoes", "miljoen"), 1e6),
    **dict.fromkeys(("billion", "billions", "bn", "milliarde", "milliarden", "milliard", "milliards"), 1e9),
    **dict.fromkeys(("miliardo", "miliardi", "bilhao", "bilhoes", "miljard"), 1e9),
    **dict.fromkeys(("trillion", "trillions", "tn", "billionen", "billones"), 1e12),
    **dict.fromkeys(("dozen", "dozens", "dutzend"), 12.0),
}
# After a number only, and as they are written: "Mia" is a name as well.
SHORT_SCALES: dict[str, float] = {
    **dict.fromkeys(("Tsd", "tsd"), 1e3),
    **dict.fromkeys(("Mio", "mio"), 1e6),
    **dict.fromkeys(("Mrd", "mrd", "Mia", "Md", "Mds", "Mld", "mld"), 1e9),
}
# Before the sign of a currency: "M€", "Md€", "k€".
SIGN_SCALES = {"k": 1e3, "K": 1e3, "m": 1e6, "M": 1e6, "MM": 1e6, "b": 1e9, "B": 1e9, "bn": 1e9, "Md": 1e9, "Mds": 1e9}

_UP_TO_NINETEEN = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)

# From two on, without what means something else in English.
_ELSEWHERE = {
    2: "zwei deux dos",
    3: "drei trois tres",
    4: "vier quatre cuatro",
    5: "fünf cinq cinco",
    6: "sechs seis",
    7: "sieben siete",
    8: "acht huit ocho",
    9: "neun neuf nueve",
    10: "zehn dix diez",
    11: "elf onze",
    12: "zwölf douze doce",
}

SMALL_NUMBERS: dict[str, int] = {
    **{word: number for number, word in enumerate(_UP_TO_NINETEEN.split())},
    **{word: 20 + 10 * number for number, word in enumerate(_TENS.split())},
    **{word: number for number, words in _ELSEWHERE.items() for word in words.split()},
}
ORDINALS: dict[str, int] = {word: number for number, word in enumerate(_ORDINALS.split(), 1)}

FRACTIONS: dict[str, float] = {
    "half": 1 / 2,
    "halves": 1 / 2,
    "third": 1 / 3,
    "thirds": 1 / 3,
    "quarter": 1 / 4,
    "quarters": 1 / 4,
    "fourths": 1 / 4,
    "fifth": 1 / 5,
    "fifths": 1 / 5,
    "sixths": 1 / 6,
    "eighths": 1 / 8,
    "tenth": 1 / 10,
    "tenths": 1 / 10,
}

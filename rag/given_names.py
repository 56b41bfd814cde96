"""Common given names by gender: what tells "he" from "she". A name missing here is only undecided."""

_MALE = """
    abdul adam adrian ahmed alan albert alex alexander alexei ali andrei andrew andrii andy anthony antonio
    arthur barack ben benjamin bernard bill bob boris brad brian bruce carl carlos charles charlie chris
    christian christopher chuck colin craig dan daniel david dennis dmitri dmitry dmytro donald doug douglas ed
    eddie edward elon emmanuel enrique eric erik ernest felipe felix fernando francis francisco frank franklin
    fred gary geoffrey george gerald gordon graham greg gregory gus harold harry hassan henry herbert hugh hugo
    ian ibrahim igor ivan jack jacob james jamie jared jason javier jay jeff jeffrey jeremy jerome jerry jim
    jimmy joe joel john johnny jon jonathan jorge jose joseph josh joshua juan julian justin karl keith ken
    kenneth kevin khaled kyle larry lars laurence lawrence lee len leo leon leonard lewis lloyd louis luis luke
    mahmoud marco marcus mario mark martin matt matthew max michael miguel mike mikhail mitch mitt mohamed
    mohammed muhammad nathan neil nicholas nick nicolas nigel noah oleg oliver omar oscar oswald patrick paul
    pavel pedro per peter petro phil philip pierre rafael ralph ray raymond recep rex ricardo richard rick rishi
    rob robert roberto rodrigo roger ron ronald roy russell ryan sam samuel scott sean sebastian sergei sergey
    shane simon stanley stephen steve steven stuart taras ted terry theodore thomas tim timothy toby todd tom
    tommy tony travis victor viktor vincent vitali vitalii vladimir volodymyr wade walter warren wayne wesley
    william winston xavier yevgeny yuri yury zachary
"""
_FEMALE = """
    abby abigail adele agnes aisha alexandra alexandria alice alicia alison amanda amy ana andrea angela anita
    ann anna anne annie anya april audrey barbara beatrice bella beth betty beverly bonnie brenda britney
    brittney camilla carla carmen carol caroline carolyn carrie catherine celine charlotte cheryl chloe
    christina christine cindy claire clara claudia condoleezza cynthia daisy dana deborah debra denise diana
    diane dolly donna doris dorothy edith eleanor elena elizabeth ella ellen emily emma erika esther eva evelyn
    fatima fiona florence frances gabriela geraldine gina giorgia gisele gloria grace greta hannah hazel heather
    helen hillary ida ingrid irene iris isabel jacinda jane janet janice jean jennifer jenny jessica jill joan
    joanna jodie josephine joyce juanita judith judy julia julie kamala karen kate katherine kathleen kathryn
    kathy katie kim kimberly kristen kristin laura lauren leila lena leslie lily linda lisa liz lori louise lucy
    lydia madeleine madonna maia malala margaret maria marie marilyn marina marion marjorie marta martha mary
    maya megan meghan melania melissa mia michelle mildred miriam monica nadia nancy naomi natalia natalie
    nichelle nicola nicole nina nora norma olena olga olivia oprah pamela patricia patti paula peggy penny priya
    rachel rebecca rihanna rita robin rosa rose ruth sabrina sally samantha sandra sanna sara sarah serena
    sharon sheila shirley simone sofia sonia sophia sophie stella stephanie sue susan suzanne svetlana sylvia
    tamara tara tatiana taylor teresa tessa theresa tiffany tina tracy ursula valentina valerie vanessa venus
    vera veronica victoria virginia vivian wanda wendy whitney whoopi winnie yasmin yulia yvonne zoe
"""
MALE = frozenset(_MALE.split())
FEMALE = frozenset(_FEMALE.split())

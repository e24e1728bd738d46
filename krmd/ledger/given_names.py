"""Which given names are forms of one name: short forms and spellings, in several languages.

Taken in is what one person may be called by; left out what two of one family are: Jan and Johannes
may be brothers. Whatever isn't here is compared by its letters.
"""

from __future__ import annotations

# A line is one name with its forms, without accents. A form may stand in several lines: Chris is
# Christopher or Christine, which doesn't make those two one name.
_NAMES = """
abraham abe bram abram
ahmed ahmad achmed
aisha ayesha aysha
albert al berti alberto
aleksandr alexander alexandre aleksander alessandro alejandro alexandros alex alec alek aleks
aleksandr sasha sascha sanja shura oleksandr
aleksandra alexandra alessandra alejandra oleksandra alex alexa sasha lexi ola
aleksei aleksej aleksey alexei alexey alexej oleksii lyosha alyosha
alexander sascha sandro lex axel
alexander xander
alfred alf fred freddy fredi alfredo
ali aly
anatoly anatolij anatoli anatoliy
andreas andy andi andre andrej andrei andrey andrii
andrew andy drew
angela angie angelika angelica geli
anna ann anne annie anya
anneliese liesl annelies
antonia toni tonia
antonio anton antonius antonis antoine anthony tony toni tonino
arthur artur art arturo
barbara barb barbie babsi babs basia varvara
beatrice beatriz bea trixi
benjamin ben benny benni benji
bernard bernhard bernd bernie bernardo
bertram bert
brigitte gitte gitta birgit
carolin caroline karolin karoline caro carolina karolina carrie
caspar kaspar kasper
charles charlie charly chuck chas carlos carlo charley
charlotte lotte charlie lottie
christian chris krzysztof kristian cristian christiaan
christina christine christiane chris chrissy tina kristina kristine cristina chrissie
christoph christopher chris kris topher kit stoffel christophe cristobal christof kristof
claudia klaudia
clemens klemens
daniel dan danny dani daniele
daniela danielle dani dany danni
david dave davey dawid davide
deborah debora debra deb debbie
dietrich dieter
dmitri dmitry dmitrij dmitriy dmytro dima mitya
dominik dominic dominique dom nick domenico domingo
donald don donny
dorothea dorothy dorothee doro dottie
edmund ed eddie ned
eduard edward edouard eduardo ed eddie eddy ted teddy ned
edwin ed eddie
eleanor ellie eleonore eleonora nora
elisabeth elise
elisabeth elizabeth elisabetta elizaveta elzbieta liz lizzy lizzie lisa liza beth betty betsy
elisabeth lisbeth lisl elsbeth libby eliza lilibet bettie
emanuel manuel immanuel emmanuel manu manolo emanuele
emilia emily emmy
enrique quique
ernst ernest erni ernesto
eugene gene eugen evgeny evgenij evgeni yevgeny jewgeni yevhen zhenya
eva eve evi evita
evgenia eugenia yevgenia zhenya
fatima fatma fatimah
felicitas felicity feli fee
ferdinand ferdi ferdy fernando nando
frances francis francie francesca franziska francoise francisca franzi fanny paquita paca
francesco franco checco
francis frank francois frankie
francisco paco pancho fran curro
franz franzl
frederic frederick frederik friedrich fred freddy fritz friedel federico fredrik freddie frits
friederike rike frida frieda
gabriel gabe
gabriele gabriela gabriella gabrielle gabi gaby
gennady gennadij gennadi hennadii
georg george georges georgios jorge giorgio jiri jerzy yorgos georgi georgy
gerald gerry jerry
gerhard gerd gert gerard gerardo
gertrud gertrude trude trudi trudy
giovanni gianni vanni nanni
giuseppe beppe pino peppe peppino beppino
giuseppina pina
gottfried friedel godfrey
gregory gregor greg grigory grigorij gregorio grzegorz
guillermo memo guille
gunter gunther guenter guenther
gustav gus gustavo gustaf
harald harold
hassan hasan
heinrich heinz henrik hendrik henry heiner hinrich hein
helena helene helen leni elena
henry hank hal harry henri enrico
herbert herb bert heriberto
hubert bert hubi
hussein husain hussain hossein
ignacio nacho
ignaz ignatius
igor ihor
ilja ilya ilia
ingeborg inge
irina iryna irene ira
isabel isabella isabelle isabell bella belle izzy isa
jacob jakob jacques jake jack jaakko yakov jakub kuba iago jaap
jacqueline jackie jacky
james jim jimmy jamie jem
jan johan hannes
janet jan jenny
jeffrey geoffrey geoff jeff
jennifer jenny jen jenni
jeremiah jeremy jerry jeremias
jerome jerry
jessica jess jessie jessy
jesus chus chuy
joachim jochen joaquin achim jo
johann johannes hans hannes jo hansi hannsi hanns joannes
johanna hanna hannah joanna hanne jo
john jon johnny jack jonny
jonathan jon jonny jonas
jorg joerg
jose josep pepe pep chema
josef joseph sepp jupp joe joey josip jozef josi beppi
josefine josephine josefina josy jo fina pepa josie
juan juanito
judith judy jude judit
julian julius jules juliano
juliane juliana julia jule julie julianna
jurgen juergen
karl carl carlo kalle karel carlos karol
katarina katarzyna kasia kaska
katharina catharina katherine catherine kathryn kathrin katrin catrin kathy kathi cathy kate katie
katharina catherine kaethe kathe kati katja katya trina ekaterina yekaterina kateryna
katharina kat
kenneth ken kenny
khaled khalid
klaus claus nikolaus niklas claudius klaas
konrad conrad conny kurt konni
konstantin constantin constantine konstantinos kostas costas dinos kostya kostia
kornelia cornelia conny connie
kornelius cornelius cornelis kees cor
krystian christian
lakshmi laxmi
larissa larisa lara
lawrence laurence larry lars lorenz laurent lorenzo
leonard leonhard len lenny leo leon leonardo lenni
leopold leo poldi
louis louie lou luis luigi ludwig luiz lewis ludovic lajos
louisa louise luise luisa lou lulu luiza
lucas lukas luke luca lukasz luc
lucia lucy lucie luz
ludwig wiggerl lutz
magdalena magda lena leni madeleine maddalena maggie
manfred fred manni freddy
marcus markus marc mark marco marko marcos marek
margaret margarete margarethe margarita margherita marguerite margit margot maggie meg peggy greta
margarete margareta gretel grete gretchen gosia malgorzata marge madge marjorie
maria marie mary mitzi maja mariya mariia marja maritza mizzi
martha marta
martin marty marten
matthew matt matty
matthias mathias matthaus matthieu mathieu mateusz matteo mateo hias matze matti
maximilian max maximilien massimiliano maxi
mercedes merche
michael mikael mikkel michal mikolaj micky
michael mike mick mickey micha michi michel mikhail michail mihail mykhailo misha miguel
michael mischa
michaela mikaela micha michi michelle
monika monica moni monique
muhammad mohammed mohamed mohammad mohamad muhammed mo
natalia natalie nathalie natalya nataliya natasha nat natascha natali
nathan nathaniel nate nat
nicholas nicolas nikolas nikolaus nick nik niklas nicky nico niko klaus claus nikolaos nicola
nicole nicola nicki nicky nicoletta nici nikki
nikita niki
nikolai nikolaj nikolay mykola kolya
norbert norb bert
olga olha olya
oliver olli olly ollie olivier
omar umar
pamela pam
patricia pat patty tricia patrizia trish
patrick pat paddy patrik patricio
paul pavel pawel paulus paolo pablo pavlo
pauline paula paulina
peter pete piotr pjotr pyotr petr pierre pietro pedro piet petros petro peer
philipp philip phillip phil filip felipe filippo philippe pip
rachel rahel rae
raimund raymond raimond ray
ralph ralf rafe
rebecca rebekka becky becca rebekah
reinhard reinhart hardy
richard rich rick ricky dick ricardo riccardo richie ryszard ritchie
robert rob bob bobby robbie roberto robin bert rupert robby
roberta bobbie
roger rog rodger
roland rolli rolando
ronald ron ronny ronnie
rosa rose rosi rosie
rudolf rudolph rudi rudy dolf
samantha sam sammy
samir sameer
samuel sam sammy sami
sandra sandy
sebastian basti bastian seb bastien sebastien wastl
serge sergei sergej sergey sergio serhii serhiy sergij sergiy
siegfried sigi siggi sigfried
sigrid sigi
simon simeon szymon semyon
sofia sofie sophia sophie zofia sofiya
sonia sonja sonya
stanislaw stanislav stan stas staszek
stefanie stephanie steffi steff stephania stefania
steven stephen stefan stephan steve stephane stevie esteban estevan steffen stefano istvan stepan
susanne susanna susan sue susie suzanne suzy susi sanne zuzana zsuzsanna suse zuzanna
svetlana sveta svitlana lana
tamara toma tammy
tatjana tatiana tatyana tetiana tanja tanya tania
teresa theresa therese resi terry tess tere tessa theres resl
theodor theodore theo ted teddy fyodor fedor teodor teodoro
thomas tom tommy tomas tomasz tommaso thom tamas
timothy tim timmy timotheus timo
tobias toby tobi tobie
ulrich uli ulli ueli
ulrike ulli uli rike ulla
ursula uschi ulla ursel urszula
valentin valentine valentino valentyn
vera wera viera
victor viktor vic vittorio witek
victoria viktoria vicky vicki tori viki
vincent vince vincenz vincente vinnie vincenzo enzo vicente
vladimir wladimir volodymyr vova volodya
vladislav wladyslaw vlad
walburga burgi
walter walt wally gualtiero
wilhelm willi willy
wilhelmine minna mina wilma
william will bill billy willie willem wim liam guillaume guglielmo
wolfgang wolf wolfi
yuri yurij yury juri jurij jury yurii iouri
yusuf jusuf youssef yousef josef joseph
zacharias zachary zach zack
"""


def _forms() -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for line, names in enumerate(_NAMES.split("\n")):
        for name in names.split():
            found.setdefault(name, set()).add(line)
    return {name: frozenset(lines) for name, lines in found.items()}


_FORMS = _forms()
_NO_FORMS: frozenset[int] = frozenset()


def names_meant(given: str) -> frozenset[int]:
    """The names a given name (lower case, without accents) may stand for, as numbers; empty where
    it has no other forms that are known.
    """
    return _FORMS.get(given, _NO_FORMS)


def one_given_name(one: str, other: str) -> bool:
    """Whether two given names are one, or forms of one."""
    return one == other or not names_meant(one).isdisjoint(names_meant(other))

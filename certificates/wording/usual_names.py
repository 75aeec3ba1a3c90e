"""The commonest given names and surnames of Guatemala, in small letters without accents: which word can be another's.

They refuse nobody a name. Where one usual name would become another, somebody who knows the person looks first.
"""


def _listed(words):
    return frozenset(words.split())


# Spanish ones, and those that Q'anjob'al, Chuj and Akateko people are called by behind their own: the father's.
GIVEN_NAMES = _listed("""
    abel abelardo abraham adan adela adelina adolfo adrian agustin alba alberto alejandra alejandro alex alfonso
    alfredo alicia alma alonso alvaro amalia amanda ana anabela andrea andres angel angela angelica antonia antonio
    antun araceli armando arturo aura aurelia aurelio axul baltazar bartolo bartolome basilio beatriz benito benjamin
    bernardo berta blanca brenda byron candelaria carla carlos carmelo carmen carolina catalina catarina cecilia cesar
    claudia consuelo cristian cristina cristobal daniel daniela dario david deborah diana diego dolores domingo
    dora edgar edgardo edna eduardo edwin elena elias elisa elizabeth elmer elsa elvira emilio emma enrique erick
    ernesto esteban estela ester esther eulalia eulalio eva evelyn ewul fabiola federico felipa felipe felix fermin
    fernanda fernando fidel flor florencia florinda francisca francisco gabriel gabriela gaspar genaro gerardo
    gilberto gladis gladys glenda gloria gonzalo gregorio guadalupe guillermo gustavo hector henry heidi herlinda hilda
    hugo ileana ingrid ines irma isaac isabel isabela isaias ismael israel ivan jacinta jacinto jaime javier jeronimo
    jessica jesus joaquin joel jorge jose josefa josefina josue juan juana juanita julia julian julio karen karla
    katal kevin kuin lazaro leonardo leonel leticia lidia lilian lolen lorena lorenzo lourdes lucas lucia lucrecia luis
    luisa luz magdalena malin manuel manuela marco marcela marcelino marcos margarita maria mariana mariano maribel
    mario marta martha martin marvin mateo matias matin maura mauricio mayra maynor mekel melchor melvin mercedes
    micaela miguel mildred miriam moises monica nancy natalia nicolas nicolasa noe noemi nora norma olga oscar otto
    pablo palas paola pascual pascuala patricia paula paulina pedro petrona petul rafael ramiro ramon raquel raul
    rebeca regina rene reyna ricardo rigoberto roberto rocio rodolfo rodrigo rolando roman romeo rosa rosalia rosario
    rosaura ruben rudy ruth salvador samuel sandra santiago santos sara saul sebastian sergio silvia simon sofia sonia
    susana telma teresa thelma tomas tomasa ulises vanessa veronica vicenta vicente victor victoria vilma virginia
    walter wendy wilfredo william wilmer wilson xuwin xun yesenia yolanda zoila
    """)

# Of four letters and more: in shorter ones no mistype passes anyway.
SURNAMES = _listed("""
    acabal aceituno aguilar aguilera aguirre ajanel ajcip ajpop ajpuac ajqui ajquejay ajtun ajxup alarcon aldana alegria
    alfaro alonzo alvarado alvarez alvares amaya andrade andrino aragon arana arango archila arevalo argueta arias
    armas arriaga arriola asturias avila aviles ayala azurdia bacajol baran barahona barillas barrera barreno barrios
    barrientos barrondo batres batz beltran bernal bolanos bonilla boror bracamonte bran bravo brito burgos
    bustamante caal cabrera caceres cajas cajbon calderon calel cali calito camey campos canastuj canel canil canux
    cano cantoral carias carranza carrera carrillo castaneda castellanos castillo castro catalan catun cativo
    caxaj ceballos celada cerezo cervantes chacaj chacon chajon chavajay chavez chicol chinchilla chiquin chitay choc
    coal chocooj chojolan chox chub chuc chumil chun churunel cifuentes cipriano coche cojon cojtin colindres colop
    contreras cordon cordero cordova corado coronado coroy cortez cosme coxaj cruz cuellar cumes cutz cuxil davila
    delgado diaz dominguez donis duarte duque duran echeverria enriquez escalante escobar espana espinoza esquivel
    estrada fajardo farfan figueroa flores fuentes funes galicia galindo galvez gaitan garcia garrido giron godinez
    godoy gomez gonzales gonzalez gramajo granados guerra guerrero guevara guox gutierrez guzman hernandez herrera
    hidalgo huertas hurtado ibarra icute ixcot ixcoy ixmata ixquiac ixtamer izquierdo jacobo jacome jeronimo jimenez
    jolon jordan juarez julajuj lara larios lemus leon leiva lima linares lobos loarca lopez lora lorenzana lorenzo
    lucas lucero luna luarca macario macz maldonado mancilla marin marroquin martin martinez mateo matias matzar mayen
    mazariegos mejia melendez melgar mencos mendez mendizabal mendoza menchu mendia mena merida mijangos miranda
    molina mollinedo monroy monterroso montes montenegro monzon mora morales morataya moran moreno moya mucia munoz
    najera navarro navas nimatuj nolasco noriega norato nunez ochoa ojeda oliva olivares oliveros orantes ordonez
    orellana oroxom orozco ortega ortiz osorio otzoy ovalle oxlaj pacay pacheco padilla paiz palacios palencia palma
    pantaleon paredes parada paxtor pascual pedroza pelaez pena peralta pereira perez pichol pineda pinto pirir pivaral
    pocon polanco ponce porras portillo prado pretzantzin puac puluc pulup quej quel quevedo quiej quijada quim quinones
    quintana quino quiroa quiroz quisquinay raguay ralda ramirez ramon ramos ramas raxon raymundo recinos reyes reynoso
    ricci rivas rivera rios robles roca rodas rodriguez rojas roldan roman romero rosales rosas rosa rubio rueda ruano
    ruiz sacalxot sactic sagastume salas salazar saldana salguero salvatierra samayoa sanchez sandoval santiago
    santizo santos saravia saquic sarceno segura sequen sicajau sican sierra silva simon sinay siquina solares
    solis solorzano sosa soto sotoj suarez sucuqui suruy tahuite taracena tecum teleguario telon tejada tejeda tello
    tenas tepaz tiul tobar toledo toj torres tovar trejo trujillo tubac tucubal tujab tuyuc tzaj tzep tzic tzoc tzoy
    tzul tzunun urizar urrutia valdez valdes valencia valenzuela valiente valle valladares vargas vasquez vega vela
    velasco velasquez velez veliz vicente vidal villagran villanueva villatoro villeda villegas xicara xicay xiloj
    xitumul xiquin xoyon xuya yaqui yanes yool zacarias zamora zapata zapeta zavala zelada zepeda zuniga zuleta
    """)

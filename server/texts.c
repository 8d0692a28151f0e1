#include "texts.h"

/* clang-format off */
static const char *const texts[TEXT_MAX][LANGS] = {
	[TEXT_SITE] = {
	    "Partecipa",
	    "Partecipa" },
	[TEXT_SKIP] = {
	    "Vai al contenuto",
	    "Skip to content" },
	[TEXT_NAV] = {
	    "Menu principale",
	    "Main menu" },
	[TEXT_NAV_HOME] = {
	    "Pagina iniziale",
	    "Home" },
	[TEXT_NAV_VERIFY] = {
	    "Controlla tu",
	    "Check it yourself" },
	[TEXT_NAV_PRIVACY] = {
	    "Segretezza e dati",
	    "Secrecy and data" },
	[TEXT_LANGUAGE] = {
	    "English",
	    "Italiano" },
	[TEXT_REHEARSAL] = {
	    "Prova generale: qui i voti non contano.",
	    "Rehearsal: votes here do not count." },
	[TEXT_FOOT] = {
	    "Il voto è segreto, il conteggio è pubblico: chiunque può rifarlo da casa.",
	    "The vote is secret, the count is public: anybody can repeat it at home." },
	[TEXT_FOOT_COOKIES] = {
	    "Questo sito non usa cookie e non registra chi lo visita.",
	    "This site uses no cookies and does not record who visits it." },
	[TEXT_HOME_TITLE] = {
	    "Decidi con il tuo Comune",
	    "Decide with your municipality" },
	[TEXT_HOME_LEAD] = {
	    "Qui trovi le consultazioni aperte, quelle in arrivo e quello che è stato deciso.",
	    "Here you find the votes that are open, those to come, and what was decided." },
	[TEXT_HOME_NOW] = {
	    "In corso",
	    "Going on now" },
	[TEXT_HOME_SOON] = {
	    "In arrivo",
	    "Coming up" },
	[TEXT_HOME_COUNTING] = {
	    "Finite, in attesa dei risultati",
	    "Over, waiting for results" },
	[TEXT_HOME_DECIDED] = {
	    "Decise",
	    "Decided" },
	[TEXT_HOME_NONE] = {
	    "Per ora non c'è nessuna consultazione.",
	    "There is no vote at present." },
	[TEXT_KIND_BALLOT] = {
	    "Votazione",
	    "Vote" },
	[TEXT_KIND_IDEAS] = {
	    "Raccolta di idee",
	    "Collection of ideas" },
	[TEXT_KIND_QUESTIONNAIRE] = {
	    "Questionario",
	    "Questionnaire" },
	[TEXT_ANNOUNCED] = {
	    "Annunciata",
	    "Announced" },
	[TEXT_ANNOUNCED_DO] = {
	    "Potrai ritirare la tessera di voto da {1}.",
	    "You will be able to collect your voting paper from {1}." },
	[TEXT_ISSUANCE] = {
	    "Si ritirano le tessere",
	    "Voting papers can be collected" },
	[TEXT_ISSUANCE_DO] = {
	    "Ritira la tua tessera di voto entro {1}. Si vota da {2}.",
	    "Collect your voting paper by {1}. Voting starts on {2}." },
	[TEXT_WAITING] = {
	    "Tra poco si vota",
	    "Voting starts soon" },
	[TEXT_WAITING_DO] = {
	    "Il ritiro delle tessere è finito. Chi ha la tessera vota da {1}.",
	    "The collection of voting papers is over. Those who have one vote from {1}." },
	[TEXT_OPEN] = {
	    "Si vota",
	    "Voting is open" },
	[TEXT_OPEN_DO] = {
	    "Puoi votare fino a {1}.",
	    "You can vote until {1}." },
	[TEXT_OPEN_BOTH_DO] = {
	    "Puoi ritirare la tessera e votare fino a {1}.",
	    "You can collect your voting paper and vote until {1}." },
	[TEXT_CLOSING] = {
	    "Voto finito",
	    "Voting is over" },
	[TEXT_CLOSING_DO] = {
	    "Il voto è finito. Gli ultimi voti stanno entrando nel registro pubblico.",
	    "Voting is over. The last votes are being entered in the public log." },
	[TEXT_CLOSED] = {
	    "Si conta",
	    "Counting" },
	[TEXT_CLOSED_DO] = {
	    "Il registro dei voti è chiuso. Il risultato sarà pubblicato qui.",
	    "The log of votes is closed. The result will be published here." },
	[TEXT_OPENING] = {
	    "Si aprono le schede",
	    "Opening the ballots" },
	[TEXT_OPENING_DO] = {
	    "In attesa dell'apertura: {1} di {2} garanti.",
	    "Waiting to be opened: {1} of {2} trustees." },
	[TEXT_NEVER_OPENED_DO] = {
	    "Hanno votato troppo poche persone: come stabilito prima del voto, le schede sigillate non si aprono.",
	    "Too few people voted: as was laid down before voting, the sealed ballots are not opened." },
	[TEXT_RESULT] = {
	    "Risultato pubblicato",
	    "Result published" },
	[TEXT_RESULT_DO] = {
	    "La consultazione è finita e il risultato è pubblico.",
	    "The vote is over and the result is public." },
	[TEXT_CANCELLED] = {
	    "Annullata",
	    "Cancelled" },
	[TEXT_CANCELLED_DO] = {
	    "Questa consultazione è stata annullata: nessun voto viene contato.",
	    "This vote was cancelled: no votes are counted." },
	[TEXT_ABOUT] = {
	    "Di che cosa si tratta",
	    "What it is about" },
	[TEXT_ABOUT_LATER] = {
	    "Il testo completo e l'elenco dei progetti saranno pubblicati prima del voto.",
	    "The full text and the list of projects will be published before voting." },
	[TEXT_WHO] = {
	    "Chi può partecipare",
	    "Who may take part" },
	[TEXT_WHO_AGE] = {
	    "Bisogna avere almeno {1} anni.",
	    "You must be at least {1} years old." },
	[TEXT_WHO_PAPER] = {
	    "Si può votare anche su carta, in Comune.",
	    "You can also vote on paper, at the town hall." },
	[TEXT_WHEN] = {
	    "Date e scadenze",
	    "Dates and deadlines" },
	[TEXT_WHEN_ISSUANCE] = {
	    "Ritiro della tessera di voto",
	    "Collection of the voting paper" },
	[TEXT_WHEN_VOTE] = {
	    "Voto",
	    "Voting" },
	[TEXT_FROM_TO] = {
	    "da {1} a {2}",
	    "from {1} to {2}" },
	[TEXT_WHEN_ZONE] = {
	    "Gli orari sono quelli italiani.",
	    "Times are those of Italy." },
	[TEXT_RULES] = {
	    "Come si vota e come si conta",
	    "How to vote and how votes are counted" },
	[TEXT_BALLOT_CHOICE] = {
	    "Ogni persona sceglie un solo progetto.",
	    "Each person chooses one project." },
	[TEXT_BALLOT_BITMAP] = {
	    "Ogni persona sceglie da {1} a {2} progetti.",
	    "Each person chooses {1} to {2} projects." },
	[TEXT_BALLOT_EXACT] = {
	    "Ogni persona sceglie {1} progetti, né più né meno.",
	    "Each person chooses {1} projects, no more and no fewer." },
	[TEXT_BALLOT_MAX_COST] = {
	    "Tutti insieme, i progetti scelti possono costare al massimo {1}.",
	    "All together, the projects chosen may cost at most {1}." },
	[TEXT_BALLOT_MIN_COST] = {
	    "Tutti insieme, i progetti scelti devono costare almeno {1}.",
	    "All together, the projects chosen must cost at least {1}." },
	[TEXT_BALLOT_POINTS] = {
	    "Ogni persona distribuisce punti tra {1} e {2} progetti, al massimo {3} punti per progetto.",
	    "Each person shares out points among {1} to {2} projects, at most {3} points for each." },
	[TEXT_BALLOT_POINTS_TOTAL] = {
	    "In tutto i punti devono essere da {1} a {2}.",
	    "Altogether the points must be {1} to {2}." },
	[TEXT_BALLOT_RANKING] = {
	    "Ogni persona mette in ordine di preferenza da {1} a {2} progetti.",
	    "Each person puts {1} to {2} projects in order of preference." },
	[TEXT_BALLOT_BLANK] = {
	    "La scheda bianca è sempre possibile.",
	    "A blank ballot is always possible." },
	[TEXT_BALLOT_CHANGE] = {
	    "Fino alla chiusura puoi cambiare idea e votare di nuovo: conta solo l'ultima scheda.",
	    "Until voting closes you can change your mind and vote again: only the last ballot counts." },
	[TEXT_BALLOT_FINAL] = {
	    "Si vota una volta sola: il voto non si può cambiare.",
	    "You vote once: the vote cannot be changed." },
	[TEXT_BUDGET] = {
	    "A disposizione ci sono {1}.",
	    "There are {1} to spend." },
	[TEXT_RULE_GREEDY] = {
	    "Vincono i progetti che piacciono di più, uno dopo l'altro, finché il denaro basta.",
	    "The projects that people like most win, one after the other, as long as the money lasts." },
	[TEXT_RULE_PHRAGMEN] = {
	    "I progetti si scelgono uno alla volta, in modo che il peso della spesa si divida il più possibile tra chi li ha votati.",
	    "Projects are chosen one at a time, so that the load of the cost is spread as evenly as possible among those who voted for them." },
	[TEXT_RULE_SHARES] = {
	    "Metodo delle quote uguali: il denaro si divide in parti uguali tra i votanti, e un progetto vince se chi lo ha votato può pagarlo con le proprie parti.",
	    "Method of equal shares: the money is divided equally among the voters, and a project wins if those who voted for it can pay for it with their shares." },
	[TEXT_RULE_NAME] = {
	    "Nome tecnico della regola: {1}.",
	    "Technical name of the rule: {1}." },
	[TEXT_RULE_COMPARE] = {
	    "Il risultato si confronta poi con il metodo più semplice, che sceglie i progetti con più voti finché il denaro basta: se con quello più votanti avrebbero un numero maggiore dei loro progetti tra gli scelti, vale quello.",
	    "The outcome is then compared with the simplest method, which takes the projects with most votes as long as the money lasts: if under that one more voters have a greater number of their projects selected, it holds." },
	[TEXT_RULE_EXCLUSIVE] = {
	    "Di questi progetti può essere scelto al massimo uno:",
	    "Of these projects at most one can be selected:" },
	[TEXT_RULE_TIES] = {
	    "In caso di parità decide l'ordine sorteggiato in pubblico e pubblicato prima del voto.",
	    "Ties are decided by the order that was drawn in public and published before voting." },
	[TEXT_MIN_OPEN] = {
	    "Se votano meno di {1} persone, le schede non si contano.",
	    "If fewer than {1} people vote, the ballots are not counted." },
	[TEXT_SEALED] = {
	    "Voto sigillato",
	    "Sealed vote" },
	[TEXT_SEALED_LEAD] = {
	    "Ogni scheda viene chiusa sul dispositivo di chi vota e resta sigillata nel registro fino alla fine del voto. Prima di allora il Comune e chi gestisce il sito non possono leggerla né contarla.",
	    "Each ballot is closed on the voter's device and stays sealed in the log until voting ends. Before that the municipality and whoever runs the site cannot read or count it." },
	[TEXT_SEALED_NEED] = {
	    "La chiave è divisa tra {2} garanti. Dopo la chiusura ne bastano {1} insieme per aprire le schede; in meno di {1} non possono leggere niente.",
	    "The key is divided among {2} trustees. After the close any {1} of them together open the ballots; fewer than {1} can read nothing." },
	[TEXT_SEALED_ALL] = {
	    "La chiave è divisa tra {2} garanti. Dopo la chiusura servono tutti insieme per aprire le schede; se ne manca uno, gli altri non possono leggere niente.",
	    "The key is divided among {2} trustees. After the close all of them together open the ballots; if one is missing, the others can read nothing." },
	[TEXT_SEALED_LOST] = {
	    "Se restano meno di {1} garanti con la loro parte della chiave, le schede non si possono aprire mai più: il voto non ha risultato e va rifatto.",
	    "If fewer than {1} trustees still have their part of the key, the ballots can never be opened: the vote has no result and must be held again." },
	[TEXT_SEALED_SINGLE] = {
	    "C'è un solo garante, e ha tutta la chiave: da solo potrebbe leggere le schede anche prima della chiusura. Il segreto fino alla chiusura dipende da questa persona.",
	    "There is a single trustee, who has the whole key: alone, that person could read the ballots even before the close. Secrecy until the close depends on that person." },
	[TEXT_SEALED_SINGLE_LOST] = {
	    "Se il garante perde la chiave, le schede non si possono aprire mai più: il voto non ha risultato e va rifatto.",
	    "If the trustee loses the key, the ballots can never be opened: the vote has no result and must be held again." },
	[TEXT_SEALED_MIN] = {
	    "Se votano meno di {1} persone, le schede non vengono aperte, mai.",
	    "If fewer than {1} people vote, the ballots are not opened, ever." },
	[TEXT_SEALED_LATER] = {
	    "I garanti non hanno ancora firmato la scheda: lo fanno prima che si voti.",
	    "The trustees have not signed the ballot paper yet: they do so before voting." },
	[TEXT_SEALED_WAIT] = {
	    "Finora hanno aperto {1} garanti; ne servono {2}. Finché ne mancano {3} nessuno può contare, nemmeno il Comune.",
	    "So far {1} trustees have opened; {2} are needed. As long as {3} are missing nobody can count, the municipality included." },
	[TEXT_SEALED_CANCELLED] = {
	    "Questa consultazione è annullata: le schede restano sigillate per sempre.",
	    "This vote is cancelled: the ballots stay sealed for ever." },
	[TEXT_SEALED_TRUSTEE] = {
	    "Garante {1}, la cui chiave comincia con {2}",
	    "Trustee {1}, whose key begins with {2}" },
	[TEXT_SEALED_HAS_OPENED] = {
	    "(ha aperto)",
	    "(has opened)" },
	[TEXT_SEALED_AWAITED] = {
	    "(non ha aperto)",
	    "(has not opened)" },
	[TEXT_SEALED_CHECK] = {
	    "Prima della chiusura puoi controllare, da un altro dispositivo, che la scheda sigillata contenga proprio le tue scelte. Servono il codice di recupero e le scelte fatte:",
	    "Before the close you can check, on another device, that the sealed ballot holds the choices you made. You need the recovery code and those choices:" },
	[TEXT_ISSUERS] = {
	    "La tessera vale solo con la firma di tutti i {1} uffici che la rilasciano, ognuno per conto suo: {2}. Nessuno di loro può inventare un voto da solo.",
	    "The paper is good only with the signatures of all {1} offices that issue it, each on its own: {2}. None of them can invent a vote alone." },
	[TEXT_PROJECTS] = {
	    "Progetti",
	    "Projects" },
	[TEXT_PROJECTS_CAPTION] = {
	    "I progetti tra cui scegliere",
	    "The projects to choose from" },
	[TEXT_PROJECT] = {
	    "Progetto",
	    "Project" },
	[TEXT_COST] = {
	    "Costo",
	    "Cost" },
	[TEXT_DESCRIPTION] = {
	    "In breve",
	    "In short" },
	[TEXT_CATEGORY] = {
	    "Tema",
	    "Topic" },
	[TEXT_PLACE] = {
	    "Luogo",
	    "Place" },
	[TEXT_VOTES] = {
	    "Voti",
	    "Votes" },
	[TEXT_SCORE] = {
	    "Punteggio",
	    "Score" },
	[TEXT_OUTCOME] = {
	    "Esito",
	    "Outcome" },
	[TEXT_SELECTED] = {
	    "Scelto",
	    "Selected" },
	[TEXT_NOT_SELECTED] = {
	    "Non scelto",
	    "Not selected" },
	[TEXT_NUMBERS] = {
	    "La partecipazione in numeri",
	    "Participation in numbers" },
	[TEXT_NUMBERS_ROLL] = {
	    "Persone che possono partecipare",
	    "People who may take part" },
	[TEXT_NUMBERS_ISSUED] = {
	    "Tessere di voto ritirate",
	    "Voting papers collected" },
	[TEXT_NUMBERS_CAST] = {
	    "Persone che hanno votato finora",
	    "People who have voted so far" },
	[TEXT_NUMBERS_VOTERS] = {
	    "Persone che hanno votato",
	    "People who voted" },
	[TEXT_NUMBERS_NOTE] = {
	    "Il numero si aggiorna a intervalli e non a ogni voto, perché nessuno possa capire chi ha appena votato.",
	    "The number is updated at intervals and not with each vote, so that nobody can tell who has just voted." },
	[TEXT_HOW] = {
	    "Come partecipare",
	    "How to take part" },
	[TEXT_HOW_1] = {
	    "Prendi la lettera del Comune: contiene il tuo codice personale di 20 caratteri. Non darlo a nessuno.",
	    "Take the municipality's letter: it holds your personal code of 20 characters. Give it to nobody." },
	[TEXT_HOW_2] = {
	    "Nel periodo di ritiro, usa il codice per ritirare la tessera di voto. La tessera non contiene il tuo nome, e nessuno può collegarla a te.",
	    "In the collection period, use the code to collect your voting paper. It does not hold your name, and nobody can connect it with you." },
	[TEXT_HOW_3] = {
	    "Quando si vota, scegli i progetti e invia la scheda. Ricevi una ricevuta: conservala.",
	    "When voting is open, choose projects and send your ballot. You get a receipt: keep it." },
	[TEXT_HOW_4] = {
	    "Con la ricevuta puoi controllare che la tua scheda sia nel registro pubblico, senza dire a nessuno come hai votato.",
	    "With the receipt you can check that your ballot is in the public log, without telling anybody how you voted." },
	[TEXT_HOW_PROGRAM] = {
	    "Per ora si partecipa con il programma {1} sul computer, con questi due comandi:",
	    "For now you take part with the program {1} on a computer, with these two commands:" },
	[TEXT_HOW_LOST] = {
	    "Hai perso la lettera? Rivolgiti al Comune: il codice vecchio viene annullato e te ne viene dato uno nuovo.",
	    "Lost your letter? Ask the municipality: the old code is cancelled and you are given a new one." },
	[TEXT_DOCUMENTS] = {
	    "Documenti ufficiali",
	    "Official documents" },
	[TEXT_DOC_HEADER] = {
	    "Annuncio (dati esatti, JSON)",
	    "Announcement (exact data, JSON)" },
	[TEXT_DOC_FORM] = {
	    "Scheda di voto (dati esatti, JSON)",
	    "Ballot paper (exact data, JSON)" },
	[TEXT_DOC_TRANSCRIPT] = {
	    "Verbale della cerimonia dei garanti (dati esatti, JSON)",
	    "Transcript of the trustees' ceremony (exact data, JSON)" },
	[TEXT_DOC_RESULT] = {
	    "Risultato (dati esatti, JSON)",
	    "Result (exact data, JSON)" },
	[TEXT_TO_RESULT] = {
	    "Leggi i risultati",
	    "Read the results" },
	[TEXT_TO_SPACE] = {
	    "Torna alla pagina della consultazione",
	    "Back to the page of the vote" },
	[TEXT_RESULTS_TITLE] = {
	    "Risultati: ",
	    "Results: " },
	[TEXT_RESULTS_NONE] = {
	    "I risultati non sono ancora pubblicati.",
	    "The results are not published yet." },
	[TEXT_RESULTS_VOTERS] = {
	    "Votanti: {1} su {2} persone che potevano partecipare ({3}).",
	    "Voters: {1} of {2} people who could take part ({3})." },
	[TEXT_RESULTS_MONEY] = {
	    "Progetti scelti: {1} su {2}, per {3} su {4} a disposizione.",
	    "Projects selected: {1} of {2}, for {3} of the {4} available." },
	[TEXT_RESULTS_TOO_FEW] = {
	    "Hanno votato meno di {1} persone. Come stabilito prima del voto, le schede non sono state contate.",
	    "Fewer than {1} people voted. As was laid down before voting, the ballots were not counted." },
	[TEXT_RESULTS_SHARE] = {
	    "Con il metodo delle quote uguali, alla fine ogni votante ha potuto decidere di circa {1}.",
	    "With the method of equal shares, each voter could in the end decide on about {1}." },
	[TEXT_RESULTS_CAPTION] = {
	    "Tutti i progetti, prima quelli scelti",
	    "All projects, those selected first" },
	[TEXT_RESULTS_BALLOTS] = {
	    "Le schede",
	    "The ballots" },
	[TEXT_BALLOTS_CAST] = {
	    "Schede ricevute",
	    "Ballots received" },
	[TEXT_BALLOTS_COUNTED] = {
	    "Schede contate (l'ultima di ogni votante)",
	    "Ballots counted (the last of each voter)" },
	[TEXT_BALLOTS_BLANK] = {
	    "Schede bianche",
	    "Blank ballots" },
	[TEXT_BALLOTS_NULL] = {
	    "Schede nulle",
	    "Invalid ballots" },
	[TEXT_BALLOTS_PAPER] = {
	    "Schede su carta",
	    "Paper ballots" },
	[TEXT_DISPUTES] = {
	    "Contestazioni",
	    "Disputes" },
	[TEXT_OPENED] = {
	    "Come sono state aperte le schede",
	    "How the ballots were opened" },
	[TEXT_OPENED_BY] = {
	    "Le schede erano sigillate. Le hanno aperte i garanti {1}, dopo la chiusura; le loro aperture sono nel registro, con la prova che sono giuste.",
	    "The ballots were sealed. Trustees {1} opened them after the close; their openings are in the log, with the proof that they are right." },
	[TEXT_OPENED_BY_ONE] = {
	    "Le schede erano sigillate. Le ha aperte il garante {1}, dopo la chiusura; la sua apertura è nel registro, con la prova che è giusta.",
	    "The ballots were sealed. Trustee {1} opened them after the close; that opening is in the log, with the proof that it is right." },
	[TEXT_OPENED_NULL] = {
	    "È nulla una scheda che, una volta aperta, non contiene scelte ammesse: di solito è un difetto del programma usato per votare. È bianca quella di chi non ha scelto niente.",
	    "A ballot is invalid that, once opened, holds no allowed choices: usually the program used for voting was faulty. It is blank where nothing was chosen." },
	[TEXT_OPENED_NULL_LIST] = {
	    "Dove sono nel registro le schede nulle (numeri delle annotazioni, al massimo 1.000)",
	    "Where in the log the invalid ballots are (numbers of entries, at most 1,000)" },
	[TEXT_OPENED_BLANK_LIST] = {
	    "Dove sono nel registro le schede bianche (numeri delle annotazioni, al massimo 1.000)",
	    "Where in the log the blank ballots are (numbers of entries, at most 1,000)" },
	[TEXT_DOUBTS] = {
	    "Contestazioni e scarto",
	    "Disputes and margin" },
	[TEXT_DOUBTS_WHAT] = {
	    "L'elenco delle tessere ritirate è pubblico. Chi vi trova il proprio codice senza aver mai chiesto la tessera può contestarlo, e la contestazione resta nel registro.",
	    "The list of voting papers collected is public. Whoever finds their code there without ever having asked for the paper can dispute it, and the dispute stays in the log." },
	[TEXT_DOUBTS_NONE] = {
	    "Nessuno ha contestato.",
	    "Nobody disputed." },
	[TEXT_DOUBTS_ONE] = {
	    "È stata contestata una tessera.",
	    "One voting paper was disputed." },
	[TEXT_DOUBTS_COUNT] = {
	    "Sono state contestate {1} tessere.",
	    "{1} voting papers were disputed." },
	[TEXT_DOUBTS_MARGIN] = {
	    "Per confronto: tra i progetti scelti quello con meno voti ne ha {1}, tra gli altri quello con più voti ne ha {2}.",
	    "For comparison: of the selected projects the one with fewest votes has {1}, of the others the one with most has {2}." },
	[TEXT_DOUBTS_UNUSED] = {
	    "Tessere ritirate: {1}. Votanti: {2}. Le {3} tessere in più, salvo quelle contestate, sono non contestate: per quanto si sa, di persone che hanno deciso di non votare.",
	    "Voting papers collected: {1}. Voters: {2}. The other {3} papers, but for those disputed, are undisputed: as far as is known, of people who decided not to vote." },
	[TEXT_RESULTS_SUPPORT] = {
	    "Sostegno",
	    "Support" },
	[TEXT_RESULTS_SUPPORT_NOTE] = {
	    "Il sostegno dice quanto un progetto è andato vicino a essere scelto: al 60 % ha avuto 60 dei 100 voti che gli servivano; chi arriva a 100 % è scelto, salvo parità.",
	    "Support says how near a project came to being selected: at 60 % it had 60 of every 100 votes it needed; at 100 % a project is selected, unless it lost a tie." },
	[TEXT_COMPARED_RULE] = {
	    "Il risultato è stato confrontato con il metodo più semplice, che sceglie i progetti con più voti finché il denaro basta. {1} votanti hanno più progetti tra gli scelti con questo metodo, {2} con l'altro, {3} lo stesso numero: vale quindi questo.",
	    "The outcome was compared with the simplest method, which takes the projects with most votes as long as the money lasts. {1} voters have more of their projects selected by this method, {2} by the other, {3} the same number: so this one holds." },
	[TEXT_COMPARED_PLAIN] = {
	    "Il risultato è stato confrontato con il metodo più semplice, che sceglie i progetti con più voti finché il denaro basta. {1} votanti avrebbero avuto più progetti tra gli scelti con il metodo previsto, {2} con quello semplice, {3} lo stesso numero: vale quindi il metodo semplice.",
	    "The outcome was compared with the simplest method, which takes the projects with most votes as long as the money lasts. {1} voters would have had more of their projects selected by the intended method, {2} by the simple one, {3} the same number: so the simple method holds." },
	[TEXT_WHY_TITLE] = {
	    "Perché gli altri non sono stati scelti",
	    "Why the others were not selected" },
	[TEXT_WHY_WITHDRAWN] = {
	    "Il progetto è stato ritirato.",
	    "The project was withdrawn." },
	[TEXT_WHY_UNSUPPORTED] = {
	    "Nessuno ha votato per questo progetto.",
	    "Nobody voted for this project." },
	[TEXT_WHY_ABOVE_BUDGET] = {
	    "Costa {1}, più di tutto il denaro a disposizione, {2}.",
	    "It costs {1}, more than all the money available, {2}." },
	[TEXT_WHY_LOW] = {
	    "Il minimo stabilito era {1}; ha ottenuto {2}.",
	    "The minimum laid down was {1}; it had {2}." },
	[TEXT_WHY_BARRED] = {
	    "Non poteva essere scelto insieme a «{1}», che è stato scelto prima.",
	    "It could not be selected together with “{1}”, which was selected first." },
	[TEXT_WHY_TOO_DEAR] = {
	    "Quando è arrivato il suo turno restavano {1}; ne servivano {2}.",
	    "When its turn came {1} were left; it needed {2}." },
	[TEXT_WHY_AFTER_END] = {
	    "Il conteggio è finito prima: il denaro rimasto non bastava per «{1}».",
	    "The count had ended before: the money left was not enough for “{1}”." },
	[TEXT_WHY_VOTES] = {
	    "Per il suo costo servivano almeno {1} voti; ne ha avuti {2}.",
	    "For its cost it needed at least {1} votes; it had {2}." },
	[TEXT_WHY_MONEY] = {
	    "A chi l'ha votato non era rimasto abbastanza denaro: {1}, e ne servivano {2}.",
	    "Those who voted for it did not have enough money left: {1}, and it needed {2}." },
	[TEXT_WHY_TAKEN] = {
	    "Il resto delle loro quote era già andato ad altri progetti che avevano votato:",
	    "The rest of their shares had gone to other projects they voted for:" },
	[TEXT_WHY_TAKEN_BY] = {
	    "{1}: {2}, da {3} di loro",
	    "{1}: {2}, from {3} of them" },
	[TEXT_WHY_TAKEN_REST] = {
	    "altri progetti scelti",
	    "other selected projects" },
	[TEXT_FAIR_TITLE] = {
	    "Quanto il risultato rispecchia i votanti",
	    "How well the outcome reflects the voters" },
	[TEXT_FAIR_LEAD] = {
	    "Accanto c'è quello che sarebbe successo se tutti avessero votato allo stesso modo con il metodo più semplice, che sceglie i progetti con più voti finché il denaro basta.",
	    "Beside it stands what would have happened if people had voted the same way under the simplest method, which takes the projects with most votes as long as the money lasts." },
	[TEXT_FAIR_CAPTION] = {
	    "Il risultato e il metodo più semplice a confronto",
	    "The outcome and the simplest method compared" },
	[TEXT_FAIR_FIGURE] = {
	    "Che cosa",
	    "What" },
	[TEXT_FAIR_OUTCOME] = {
	    "Questo risultato",
	    "This outcome" },
	[TEXT_FAIR_PLAIN] = {
	    "Metodo più semplice",
	    "Simplest method" },
	[TEXT_FAIR_EXCLUDED] = {
	    "Votanti senza nessuno dei loro progetti tra gli scelti",
	    "Voters with none of their projects selected" },
	[TEXT_FAIR_WINNERS] = {
	    "Progetti scelti che un votante ha votato, in media",
	    "Selected projects that a voter voted for, on average" },
	[TEXT_FAIR_MONEY] = {
	    "Costo di quei progetti, in media",
	    "Cost of those projects, on average" },
	[TEXT_FAIR_GINI] = {
	    "Disuguaglianza tra i votanti (0: tutti hanno lo stesso numero di progetti scelti)",
	    "Inequality among voters (0: all have the same number of selected projects)" },
	[TEXT_FAIR_SCORE] = {
	    "Voti andati a progetti scelti",
	    "Votes that went to selected projects" },
	[TEXT_FAIR_LEFTOVER] = {
	    "Denaro non assegnato",
	    "Money not assigned" },
	[TEXT_RESULTS_TRUST] = {
	    "Non devi fidarti di questa pagina: con un solo comando chiunque può rifare il conto.",
	    "You need not trust this page: with a single command anybody can repeat the count." },
	[TEXT_RESULTS_LINK] = {
	    "Come si controlla",
	    "How to check" },
	[TEXT_VERIFY_TITLE] = {
	    "Controlla tu",
	    "Check it yourself" },
	[TEXT_VERIFY_LEAD] = {
	    "Ogni tessera, ogni scheda e ogni decisione dell'ufficio entra in un registro pubblico che non si può cambiare senza che si veda. Chiunque può scaricarlo e rifare il conto.",
	    "Every voting paper, every ballot and every decision of the office goes into a public log that cannot be changed unnoticed. Anybody can download it and repeat the count." },
	[TEXT_VERIFY_HOW] = {
	    "Con un comando",
	    "With one command" },
	[TEXT_VERIFY_COMMAND] = {
	    "Installa il programma {1} e scrivi in un terminale:",
	    "Install the program {1} and type in a terminal:" },
	[TEXT_VERIFY_WHAT] = {
	    "Il programma legge tutto il registro, controlla ogni firma e ogni regola, rifà il conto e lo confronta con i risultati pubblicati. Se qualcosa non torna, dice che cosa.",
	    "The program reads the whole log, checks every signature and every rule, repeats the count and compares it with the published results. If something is wrong, it says what." },
	[TEXT_VERIFY_KEY] = {
	    "Chiave del registro",
	    "Key of the log" },
	[TEXT_VERIFY_KEY_WHY] = {
	    "Confrontala con quella stampata sulla lettera o sull'albo del Comune.",
	    "Compare it with the one printed in the letter or on the municipality's notice board." },
	[TEXT_VERIFY_HEAD] = {
	    "Stato attuale del registro",
	    "The log as it stands" },
	[TEXT_VERIFY_HEAD_WHY] = {
	    "Sono, nell'ordine: il nome del registro, il numero di annotazioni, la loro impronta e la firma. Due persone che leggono lo stesso numero di annotazioni devono vedere la stessa impronta.",
	    "These are: the name of the log, the number of entries, their fingerprint, and the signature. Two people who read the same number of entries must see the same fingerprint." },
	[TEXT_VERIFY_BUNDLES] = {
	    "Il programma per votare",
	    "The program for voting" },
	[TEXT_VERIFY_BUNDLES_WHY] = {
	    "Qui c'è l'impronta di ogni versione pubblicata del programma che gira nel browser, file per file. Chi vuole confronta quello che ha ricevuto.",
	    "Here is the fingerprint of each published version of the program that runs in the browser, file by file. Whoever wants to can compare what they received." },
	[TEXT_VERIFY_BUNDLE] = {
	    "annotazione {1}",
	    "entry {1}" },
	[TEXT_PRIVACY_TITLE] = {
	    "Segretezza e dati",
	    "Secrecy and data" },
	[TEXT_PRIVACY_LEAD] = {
	    "Che cosa questo servizio promette, e che cosa no.",
	    "What this service promises, and what it does not." },
	[TEXT_PRIVACY_YES] = {
	    "Che cosa promettiamo",
	    "What we promise" },
	[TEXT_PRIVACY_YES_1] = {
	    "Nessuno può collegare una scheda a una persona, né da quello che è pubblicato né da quello che un server onesto conserva: la tessera viene firmata senza vederla, come attraverso una busta chiusa.",
	    "Nobody can connect a ballot with a person, neither from what is published nor from what an honest server keeps: the voting paper is signed unseen, as through a closed envelope." },
	[TEXT_PRIVACY_YES_2] = {
	    "Partecipa solo chi ne ha diritto, e ognuno una volta sola.",
	    "Only those entitled take part, and each only once." },
	[TEXT_PRIVACY_YES_3] = {
	    "Chiunque può rifare il conto dai dati pubblici, con un comando.",
	    "Anybody can repeat the count from public data, with one command." },
	[TEXT_PRIVACY_YES_4] = {
	    "Ognuno può controllare che la propria scheda sia nel registro e, con la ricevuta, dimostrarlo se fosse sparita.",
	    "Everybody can check that their ballot is in the log and, with the receipt, prove it if it was dropped." },
	[TEXT_PRIVACY_YES_5] = {
	    "Niente si toglie di nascosto: ogni intervento dell'ufficio è firmato e resta nel registro.",
	    "Nothing is removed in secret: every act of the office is signed and stays in the log." },
	[TEXT_PRIVACY_YES_6] = {
	    "Dove il voto è sigillato, prima della chiusura nessuno può leggere o contare le schede, nemmeno chi gestisce il sito; e una scheda sostituita da un'altra non viene aperta mai.",
	    "Where the vote is sealed, nobody can read or count ballots before the close, not even whoever runs the site; and a ballot that was replaced by another is never opened." },
	[TEXT_PRIVACY_NO] = {
	    "Che cosa non possiamo promettere",
	    "What we cannot promise" },
	[TEXT_PRIVACY_NO_1] = {
	    "Se qualcuno ti obbliga o ti paga per votare in un certo modo, questo servizio non può impedirlo: con il codice di recupero o con la ricevuta una persona può dimostrare come ha votato.",
	    "If somebody forces or pays you to vote in a certain way, this service cannot prevent it: with the recovery code or the receipt a person can prove how they voted." },
	[TEXT_PRIVACY_NO_2] = {
	    "Un telefono o un computer infetto può imbrogliare. Controllare la scheda da un secondo dispositivo fa scoprire un voto cambiato, ma non che qualcuno lo ha visto.",
	    "An infected phone or computer can cheat. Checking the ballot from a second device reveals a changed vote, but not that somebody saw it." },
	[TEXT_PRIVACY_NO_3] = {
	    "Chi gestisce il sito potrebbe mandare a una sola persona una pagina falsa che ruba il codice.",
	    "Whoever runs the site could send one person a false page that steals the code." },
	[TEXT_PRIVACY_NO_4] = {
	    "Chi sorveglia la rete sia quando ritiri la tessera sia quando voti può collegare le due cose. Per questo, di solito, si fanno in giorni diversi.",
	    "Whoever watches the network both when you collect your voting paper and when you vote can connect the two. That is why they usually happen on different days." },
	[TEXT_PRIVACY_NO_5] = {
	    "In una consultazione di dieci persone non c'è vera segretezza: ci si nasconde solo tra chi ha votato.",
	    "In a vote of ten people there is no real secrecy: you hide only among those who voted." },
	[TEXT_PRIVACY_NO_6] = {
	    "Chi rilascia le tessere potrebbe votare al posto di chi l'ha ritirata e non ha votato. Chi stampa le lettere potrebbe usare i codici di chi non partecipa. Per questo il numero delle tessere è pubblico, e ognuno può controllare se la propria risulta ritirata.",
	    "Whoever issues voting papers could vote in place of those who collected one and did not vote. Whoever prints the letters could use the codes of those who do not take part. That is why the number of papers is public, and everybody can check whether theirs was collected." },
	[TEXT_PRIVACY_NO_7] = {
	    "Che un codice abbia ritirato la tessera è pubblico; il nome che sta dietro al codice lo conosce solo l'ufficio anagrafe.",
	    "That a code collected its voting paper is public; the name behind the code is known to the registry office only." },
	[TEXT_PRIVACY_NO_8] = {
	    "I garanti di un voto sigillato, se si mettono d'accordo in numero sufficiente, possono leggere le schede prima della chiusura. Non possono cambiarle, né sapere di chi sono.",
	    "The trustees of a sealed vote, if enough of them agree among themselves, can read the ballots before the close. They cannot change them, nor know whose they are." },
	[TEXT_PRIVACY_DATA] = {
	    "I dati",
	    "The data" },
	[TEXT_PRIVACY_DATA_1] = {
	    "Il server non riceve nomi, e non conserva indirizzi di rete, cookie, tipo di dispositivo o orari precisi.",
	    "The server receives no names, and keeps no network addresses, cookies, types of device or exact times." },
	[TEXT_PRIVACY_DATA_2] = {
	    "L'elenco con i nomi e i codici resta all'ufficio anagrafe e non passa mai da qui. Per i tuoi diritti sui dati personali rivolgiti al Comune.",
	    "The list with names and codes stays at the registry office and never passes through here. For your rights over personal data, ask the municipality." },
	[TEXT_PROBLEM_BACK] = {
	    "Torna alla pagina iniziale",
	    "Back to the home page" },
};
/* clang-format on */

const char *
text_of(enum text key, enum lang l)
{
	return texts[key][l];
}

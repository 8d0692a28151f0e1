#include <csv.h>
#include <qrencode.h>
#include <string.h>

#include "wipe.h"

#include "letters.h"

/* The words of a letter, in each language.  Order of letters_lang. */
struct words {
	const char *lang;
	const char *title;
	const char *to;
	const char *intro;
	const char *code;
	const char *how;
	const char *step[4];
	const char *factor[3]; /* by factor_kind */
	const char *lost_title;
	const char *lost;
	const char *brief; /* for the readers of the other language */
	const char *card;
};

/* clang-format off */
static const struct words all_words[] = {
	{
		"it",
		"Il suo codice per partecipare",
		"A",
		"Con questo codice lei prende parte alle votazioni del Comune, "
		"in modo anonimo. È personale: non lo dia a nessuno.",
		"Il suo codice",
		"Come si fa",
		{
			"Apra la pagina scritta qui sotto, o inquadri il "
			"riquadro con il telefono.",
			"Scriva il codice e ritiri le sue schede. Lo faccia "
			"appena può: il voto si apre più tardi, e così nessuno "
			"può collegare il voto a lei.",
			"Annoti il codice di recupero che compare e lo "
			"conservi: il Comune non lo conosce.",
			"Nei giorni del voto torni sulla pagina e voti. Può "
			"cambiare idea: conta l'ultimo voto.",
		},
		{
			"",
			"Le sarà chiesta anche la sua data di nascita.",
			"Le saranno chiesti anche gli ultimi quattro caratteri "
			"del suo documento d'identità.",
		},
		"Se perde questa lettera",
		"Vada allo sportello del Comune con un documento: riceve un "
		"altro codice e questo non vale più. Se non può o non vuole "
		"usare la rete, può chiedere di votare su carta.",
		"Questa lettera le dà un codice personale per votare nel "
		"Comune. Apra la pagina, scriva il codice, ritiri le schede, "
		"torni a votare nei giorni del voto. Allo sportello trova "
		"aiuto.",
		"Codice di riserva: vale solo dopo che lo sportello lo ha "
		"attivato.",
	},
	{
		"en",
		"Your code for taking part",
		"To",
		"With this code you take part in the municipality's votes, "
		"anonymously. It is personal: give it to nobody.",
		"Your code",
		"What to do",
		{
			"Open the page below, or point your phone at the "
			"square.",
			"Type the code and collect your papers. Do it soon: "
			"voting opens later, so that nobody can link your vote "
			"to you.",
			"Write down the recovery code that is shown and keep "
			"it: the municipality does not know it.",
			"When voting is open, come back to the page and vote. "
			"You may change your mind: the last vote counts.",
		},
		{
			"",
			"You will be asked for your date of birth too.",
			"You will be asked for the last four characters of "
			"your identity document too.",
		},
		"If you lose this letter",
		"Go to the municipality's desk with a document: you get "
		"another code, and this one is void. If you cannot or do not "
		"want to use the net, you can ask to vote on paper.",
		"This letter gives you a personal code for voting in the "
		"municipality. Open the page, type the code, collect your "
		"papers, come back to vote when voting is open. The desk "
		"helps you.",
		"Spare code: it is void until the desk has activated it.",
	},
};
/* clang-format on */

static const char style[] =
    "@page{size:A4;margin:0}"
    "body{margin:0;font:11pt/1.4 \"Liberation Sans\",Arial,sans-serif}"
    ".letter{position:relative;box-sizing:border-box;width:210mm;"
    "height:296mm;padding:100mm 20mm 15mm;overflow:hidden;"
    "break-after:page}"
    ".to{position:absolute;left:110mm;top:50mm;width:85mm;height:35mm;"
    "overflow:hidden}"
    "h1{font-size:15pt;margin:0 0 3mm}h2{font-size:11pt;margin:4mm 0 1mm}"
    "p{margin:0 0 2mm}ol{margin:0;padding-left:6mm}"
    ".code{font:bold 20pt/1.2 \"Liberation Mono\",monospace}"
    ".box{display:flex;align-items:center;gap:8mm;border:0.4mm solid #000;"
    "padding:4mm;margin:3mm 0}"
    ".box svg{width:34mm;height:34mm;flex:none}"
    ".brief{border-top:0.2mm solid #000;margin-top:4mm;padding-top:2mm;"
    "font-size:9pt}"
    ".card{display:inline-block;box-sizing:border-box;width:90mm;"
    "height:60mm;margin:6mm;padding:4mm;border:0.2mm dashed #000;"
    "break-inside:avoid;overflow:hidden;font-size:9pt}"
    ".card svg{width:28mm;height:28mm}.card .code{font-size:14pt}";

void
letters_escape(const char *s, FILE *f)
{
	for (; *s != '\0'; s++)
		switch (*s) {
		case '&':
			(void)fputs("&amp;", f);
			break;
		case '<':
			(void)fputs("&lt;", f);
			break;
		case '>':
			(void)fputs("&gt;", f);
			break;
		case '"':
			(void)fputs("&quot;", f);
			break;
		case '\'':
			(void)fputs("&#39;", f);
			break;
		case '\n':
			(void)fputs("<br>", f);
			break;
		default:
			(void)fputc(*s, f);
		}
}

enum err
letters_qr(const char *text, FILE *f)
{
	int x, y, run, width;
	QRcode *qr;

	qr = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
	if (qr == NULL)
		return ERR_LIMIT;
	width = qr->width;
	/* Four modules of quiet zone on each side. */
	(void)fprintf(f,
	    "<svg viewBox=\"-4 -4 %d %d\" role=\"img\" aria-label=\"QR\">"
	    "<path d=\"",
	    width + 8, width + 8);
	for (y = 0; y < width; y++)
		for (x = 0; x < width; x += run) {
			for (run = 1; x + run < width &&
				      ((qr->data[y * width + x] ^
					   qr->data[y * width + x + run]) &
					  1) == 0;
			     run++)
				;
			if (qr->data[y * width + x] & 1)
				(void)fprintf(
				    f, "M%d %dh%dv1h-%dz", x, y, run, run);
		}
	(void)fputs("\"/></svg>", f);
	QRcode_free(qr);
	return OK;
}

static void
begin(const struct words *w, FILE *f)
{
	(void)fprintf(f,
	    "<!doctype html>\n<html lang=\"%s\">\n<meta charset=\"utf-8\">\n"
	    "<title>%s</title>\n<style>%s</style>\n",
	    w->lang, w->title, style);
}

/* Code, address of the page and QR code. */
static enum err
box(const struct letters *l, const struct roll_code *code, FILE *f)
{
	const struct words *w = &all_words[l->lang];
	char shown[25], url[400];
	enum err r = OK;
	int n;

	roll_code_print(code, shown);
	n = snprintf(url, sizeof(url), "%s/#c=%s", l->host, code->c);
	if (n < 0 || (size_t)n >= sizeof(url)) {
		r = ERR_LIMIT;
		goto out;
	}
	(void)fputs("<div class=\"box\">", f);
	if ((r = letters_qr(url, f)) != OK)
		goto out;
	(void)fprintf(
	    f, "<div><p>%s:</p><p class=\"code\">%s</p><p>", w->code, shown);
	letters_escape(l->host, f);
	(void)fputs("</p></div></div>", f);

out:
	wipe(shown, sizeof(shown));
	wipe(url, sizeof(url));
	return r;
}

static enum err
letter(const struct letters *l, const struct rollcsv_row *row,
    const struct registrar_line *line, FILE *f)
{
	const struct words *w = &all_words[l->lang];
	const struct words *other = &all_words[1 - (int)l->lang];
	enum err r;
	size_t i;

	(void)fputs("<section class=\"letter\"><div class=\"to\">", f);
	letters_escape(row->name, f);
	(void)fputs("<br>", f);
	letters_escape(row->address, f);
	(void)fprintf(f, "</div><h1>%s</h1><p>%s</p>", w->title, w->intro);
	if ((r = box(l, &line->code, f)) != OK)
		return r;
	(void)fprintf(f, "<h2>%s</h2><ol>", w->how);
	for (i = 0; i < 4; i++)
		(void)fprintf(f, "<li>%s</li>", w->step[i]);
	(void)fprintf(f, "</ol><p>%s</p><h2>%s</h2><p>%s</p>",
	    w->factor[l->factor], w->lost_title, w->lost);
	(void)fprintf(f, "<p class=\"brief\" lang=\"%s\">%s</p></section>\n",
	    other->lang, other->brief);
	return OK;
}

enum err
letters_page(const struct letters *l, const struct rollcsv *rows,
    const struct registrar_line *lines, FILE *f)
{
	enum err r = OK;
	size_t i;

	begin(&all_words[l->lang], f);
	for (i = 0; i < rows->n && r == OK; i++)
		r = letter(l, &rows->row[i], &lines[i], f);
	(void)fputs("</html>\n", f);
	return r == OK && ferror(f) ? ERR_IO : r;
}

enum err
letters_cards(const struct letters *l, const struct registrar_line *lines,
    size_t n, FILE *f)
{
	enum err r = OK;
	size_t i;

	begin(&all_words[l->lang], f);
	for (i = 0; i < n && r == OK; i++) {
		(void)fputs("<section class=\"card\">", f);
		r = box(l, &lines[i].code, f);
		(void)fprintf(
		    f, "<p>%s</p></section>\n", all_words[l->lang].card);
	}
	(void)fputs("</html>\n", f);
	return r == OK && ferror(f) ? ERR_IO : r;
}

enum err
letters_table(
    const struct rollcsv *rows, const struct registrar_line *lines, FILE *f)
{
	char shown[25];
	size_t i;

	(void)fputs("name;address;code\r\n", f);
	for (i = 0; i < rows->n; i++) {
		roll_code_print(&lines[i].code, shown);
		(void)csv_fwrite(
		    f, rows->row[i].name, strlen(rows->row[i].name));
		(void)fputc(';', f);
		(void)csv_fwrite(
		    f, rows->row[i].address, strlen(rows->row[i].address));
		(void)fprintf(f, ";\"%s\"\r\n", shown);
	}
	wipe(shown, sizeof(shown));
	return ferror(f) ? ERR_IO : OK;
}

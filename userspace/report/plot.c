// SPDX-License-Identifier: GPL-2.0-only
/*
 * report/plot.c - curves, drawn by gnuplot as SVG that is part of the page.
 *
 * While a page is written, each figure is added to one gnuplot script, and its
 * place in the page is stored. At the end gnuplot draws all figures at once.
 * The script contains numbers and labels. Labels come from results, so
 * characters that have a meaning to gnuplot are removed.
 *
 * A colour that differs between the light and the dark style is written as a
 * place holder that is not used otherwise: rgb(1,1,1) is the first of them.
 * style.c defines the colours.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/alloc.h"
#include "lib/file.h"
#include "report.h"

#define GNUPLOT_ENV "LABYRINTH_GNUPLOT"
#define WIDTH 760
#define HEIGHT 340

struct lab_drawing {
	char folder[32];
	char *script;
	size_t size;
	FILE *to;
	struct figure {
		size_t offset; /* in the page */
		char *alt;
	} * figure;
	size_t figures;
};

struct lab_drawing *lab_drawing_new(void)
{
	struct lab_drawing *drawing = xcheck(calloc(1, sizeof(*drawing)));

	drawing->to = xcheck(open_memstream(&drawing->script, &drawing->size));
	return drawing;
}

/* Quotes for gnuplot. Characters that could end the quotation become "?". */
static void write_label(FILE *to, const char *label)
{
	fputc('\'', to);
	for (; *label; label++)
		fputc((isalnum((unsigned char)*label) ||
		       strchr(" _.,:;()[]=%+-/|<>*#", *label)) ?
			      *label :
			      '?',
		      to);
	fputc('\'', to);
}

static void write_points(FILE *to, size_t figure, size_t curve,
			 const struct lab_curve *data)
{
	size_t i;

	fprintf(to, "$d%zu_%zu << EOD\n", figure, curve);
	for (i = 0; i < data->n; i++)
		fprintf(to, "%.9g %.9g\n", data->at[i][0], data->at[i][1]);
	fputs("EOD\n", to);
}

static void write_axes(FILE *to, const struct lab_plot *plot)
{
	fprintf(to, "%s logscale x\n%s logscale y\n",
		plot->log_x ? "set" : "unset", plot->log_y ? "set" : "unset");
	fprintf(to, "set format x '%s'\nset format y '%s'\n",
		plot->log_x ? "%.0s%c" : "%g", plot->log_y ? "%g" : "%g");
	fputs("set xlabel ", to);
	write_label(to, plot->x);
	fputs("\nset ylabel ", to);
	write_label(to, plot->y);
	if (plot->x_max > 0)
		fprintf(to, "\nset xrange [0:%.9g]\n", plot->x_max);
	else
		fputs("\nset xrange [*:*]\n", to);
	if (plot->y_min < plot->y_max)
		fprintf(to, "set yrange [%.9g:%.9g]\n", plot->y_min,
			plot->y_max);
	else
		fputs("set yrange [*:*]\n", to);
}

static void write_rules(FILE *to, const struct lab_plot *plot)
{
	size_t i;

	fputs("unset arrow\nunset label\n", to);
	for (i = 0; i < plot->rules; i++) {
		const struct lab_rule *rule = &plot->rule[i];

		if (rule->across)
			fprintf(to,
				"set arrow from graph 0, first %.9g to graph 1, first %.9g nohead dt 2 lc rgb '#000000'\n",
				rule->at, rule->at);
		else
			fprintf(to,
				"set arrow from first %.9g, graph 0 to first %.9g, graph 1 nohead dt 2 lc rgb '#000000'\n",
				rule->at, rule->at);
		fputs("set label ", to);
		write_label(to, rule->label);
		if (rule->across)
			fprintf(to,
				" at graph 0.01, first %.9g left offset 0,0.5\n",
				rule->at);
		else
			fprintf(to,
				" at first %.9g, graph 0.06 left offset 0.6,0\n",
				rule->at);
	}
}

static void write_curves(FILE *to, size_t figure, const struct lab_plot *plot)
{
	size_t i, n = 0;

	for (i = 0; i < plot->curves; i++) {
		const struct lab_curve *curve = &plot->curve[i];
		const unsigned int colour = 1 + curve->colour % LAB_COLOURS;
		const bool dashed = curve->dashed ||
				    curve->colour >= LAB_COLOURS;

		if (!curve->n)
			continue;
		fprintf(to, "%s $d%zu_%zu using 1:2 with %s lc rgb '#%06x'",
			n++ ? "," : "plot", figure, i,
			curve->points ? "points pt 2 ps 0.5" :
			curve->dots   ? "linespoints lw 2 pt 7 ps 0.35" :
					"lines lw 2",
			colour * 0x010101);
		if (!curve->points)
			fprintf(to, " dt %d", dashed ? 2 : 1);
		fputs(" title ", to);
		write_label(to, curve->name);
		fputs(" \\\n", to);
	}
	fputc('\n', to);
}

static bool has_points(const struct lab_plot *plot)
{
	size_t i;

	for (i = 0; i < plot->curves; i++)
		if (plot->curve[i].n)
			return true;
	return false;
}

void lab_plot_add(struct lab_page *page, const struct lab_plot *plot)
{
	struct lab_drawing *drawing = page->drawing;
	size_t i, n = drawing->figures;

	if (!has_points(plot))
		return;
	for (i = 0; i < plot->curves; i++)
		if (plot->curve[i].n)
			write_points(drawing->to, n, i, &plot->curve[i]);
	fprintf(drawing->to, "set output '%zu.svg'\n", n);
	write_axes(drawing->to, plot);
	write_rules(drawing->to, plot);
	write_curves(drawing->to, n, plot);
	drawing->figure = xgrow(drawing->figure, n);
	drawing->figure[drawing->figures++] = (struct figure){
		.offset = (fflush(page->to), ftell(page->to)),
		.alt = xstrdup(plot->alt),
	};
}

static int write_script(struct lab_drawing *drawing, const char *path)
{
	FILE *f = fopen(path, "we");
	int err = 0;

	if (!f)
		return -errno;
	fprintf(f,
		"set terminal svg size %d,%d dynamic font 'sans-serif,13' noenhanced\n"
		"set border 3 lc rgb '#000000'\n"
		"set grid lc rgb '#0a0a0a' dt 3\n"
		"set tics nomirror\n"
		"set key outside right top Left reverse samplen 2\n",
		WIDTH, HEIGHT);
	if (fwrite(drawing->script, 1, drawing->size, f) != drawing->size)
		err = -EIO;
	if (fclose(f))
		err = -errno;
	return err;
}

static int missing(const char *program, const char *why)
{
	fprintf(stderr,
		"labyrinth: %s does not draw: %s\n"
		"labyrinth: figures need gnuplot: make setup installs it (gnuplot-nox), or set " GNUPLOT_ENV
		"\n",
		program, why);
	return -ENOENT;
}

static int run_gnuplot(const char *folder)
{
	const char *asked = getenv(GNUPLOT_ENV);
	char *argv[] = { (char *)(asked ? asked : "gnuplot"), "-d", "script",
			 NULL };
	posix_spawn_file_actions_t actions;
	int err, status;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addchdir_np(&actions, folder);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null",
					 O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "log",
					 O_WRONLY | O_CREAT, 0600);
	err = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (err)
		return missing(argv[0], strerror(err));
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return 0;
	return missing(argv[0],
		       WIFEXITED(status) && WEXITSTATUS(status) == 127 ?
			       "it is not there" :
			       "it failed");
}

/*
 * Prefixes the ids of a figure, so that those of several figures in one page
 * differ.
 */
static void write_body(const char *svg, size_t figure, FILE *to)
{
	static const char *const names[] = { "id='gp", "'#gp", "id=\"gn",
					     "id='textbox", "id='greybox" };
	size_t i, length;

	while (*svg) {
		for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			if (!strncmp(svg, names[i], strlen(names[i])))
				break;
		if (i == sizeof(names) / sizeof(names[0])) {
			fputc(*svg++, to);
			continue;
		}
		/* Insert before the first letter of the name. */
		length = strcspn(names[i], "'\"#");
		length += strspn(names[i] + length, "'\"#");
		fprintf(to, "%.*sf%zu-", (int)length, svg, figure);
		svg += length;
	}
}

static int write_figure(const struct lab_drawing *drawing, size_t n, FILE *to)
{
	char path[64], *svg;
	const char *body;

	snprintf(path, sizeof(path), "%s/%zu.svg", drawing->folder, n);
	svg = lab_file_read(path, NULL);
	/* After gnuplot's own title and description. */
	body = svg ? strstr(svg, "</desc>") : NULL;
	if (!body) {
		free(svg);
		return missing("gnuplot", "a figure is not there");
	}
	fprintf(to,
		"<div class=\"plot\" tabindex=\"0\"><svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"",
		WIDTH, HEIGHT);
	lab_html_write(to, drawing->figure[n].alt);
	fputs("\" xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\">",
	      to);
	write_body(body + strlen("</desc>"), n, to);
	fputs("</div>\n", to);
	free(svg);
	return 0;
}

static int write_page(const struct lab_drawing *drawing, const char *page,
		      size_t size, FILE *to)
{
	size_t i, at = 0;
	int err = 0;

	for (i = 0; !err && i < drawing->figures; i++) {
		fwrite(page + at, 1, drawing->figure[i].offset - at, to);
		at = drawing->figure[i].offset;
		err = write_figure(drawing, i, to);
	}
	fwrite(page + at, 1, size - at, to);
	return err;
}

static void clean_up(const struct lab_drawing *drawing)
{
	static const char *const names[] = { "script", "log" };
	char path[64];
	size_t i;

	for (i = 0; i < drawing->figures; i++) {
		snprintf(path, sizeof(path), "%s/%zu.svg", drawing->folder, i);
		unlink(path);
	}
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", drawing->folder,
			 names[i]);
		unlink(path);
	}
	rmdir(drawing->folder);
}

int lab_drawing_finish(struct lab_drawing *drawing, const char *page,
		       size_t size, FILE *to)
{
	char path[64];
	int err;

	fflush(drawing->to);
	strcpy(drawing->folder, "/tmp/labyrinth-XXXXXX");
	if (!mkdtemp(drawing->folder)) {
		fprintf(stderr, "labyrinth: %s: %s\n", drawing->folder,
			strerror(errno));
		return -errno;
	}
	snprintf(path, sizeof(path), "%s/script", drawing->folder);
	err = write_script(drawing, path);
	if (!err && drawing->figures)
		err = run_gnuplot(drawing->folder);
	if (!err)
		err = write_page(drawing, page, size, to);
	clean_up(drawing);
	return err;
}

void lab_drawing_free(struct lab_drawing *drawing)
{
	size_t i;

	fclose(drawing->to);
	free(drawing->script);
	for (i = 0; i < drawing->figures; i++)
		free(drawing->figure[i].alt);
	free(drawing->figure);
	free(drawing);
}

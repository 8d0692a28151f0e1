#ifndef CMD_SPACE_H
#define CMD_SPACE_H

int cmd_space_form(int argc, char **argv);
int cmd_space_picture(int argc, char **argv);

/* The commands of `partecipa space` that read the whole public log. */
int cmd_space_close(int argc, char **argv);
int cmd_space_result(int argc, char **argv);
int cmd_space_export(int argc, char **argv);

#endif /* CMD_SPACE_H */

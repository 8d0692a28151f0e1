META
key;value
description;A village votes
country;Worldwide
unit;Borgo
instance;2025
num_projects;6
num_votes;40
budget;60000
vote_type;approval
rule;unknown
date_begin;2025
date_end;2025
max_length;3
PROJECTS
project_id;cost;name
parco;30000;Un parco a Borgo
bici;18000.50;Una pista ciclabile
scuola;25000;Il tetto della scuola
teatro;40000;Un piccolo teatro
orti;6000;Orti di quartiere
luci;9000;Luci in via Roma
VOTES
voter_id;vote
1;bici,luci
2;parco
3;parco,scuola,luci
4;parco,bici
5;parco
6;parco,bici,orti
7;parco,scuola
8;parco,bici,luci
9;parco,bici
10;scuola
11;parco,scuola,orti
12;parco,scuola,teatro
13;parco,bici,teatro
14;scuola,luci
15;bici,orti
16;parco,bici,orti
17;bici,teatro,orti
18;
19;parco,bici,luci
20;parco,teatro,orti
21;bici,scuola,orti
22;parco,bici,teatro
23;parco
24;bici,scuola,teatro
25;parco,bici,teatro
26;parco,bici,scuola
27;parco,bici
28;parco,scuola,orti
29;bici,orti,luci
30;parco,scuola
31;scuola
32;
33;scuola,teatro,luci
34;scuola,teatro,luci
35;bici,orti,luci
36;parco,bici,scuola
37;parco,bici
38;parco,bici,orti
39;bici,scuola,luci
40;parco,bici,orti

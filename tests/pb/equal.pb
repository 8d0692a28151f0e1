META
key;value
description;A small election, counted by hand
country;Worldwide
unit;Borgo
instance;2025
num_projects;3
num_votes;6
budget;30
vote_type;approval
rule;unknown
date_begin;2025
date_end;2025
PROJECTS
project_id;cost;name
c;12;Dearer
b;10;Second by id
a;10;First by id
VOTES
voter_id;vote
1;a
2;a
3;b
4;b
5;c
6;c

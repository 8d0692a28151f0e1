META
key;value
description;A small election, counted by hand
country;Worldwide
unit;Borgo
instance;2025
num_projects;5
num_votes;5
budget;10,5
vote_type;approval
rule;unknown
date_begin;2025
date_end;2025
PROJECTS
project_id;cost;name
free;0;Costs nothing
gone;999999999;Withdrawn
one;4.25;One
two;6.25;Two
none;1;Nobody wants it
VOTES
voter_id;vote
1;free,gone,one
2;gone,one,two
3;gone,two
4;
5;

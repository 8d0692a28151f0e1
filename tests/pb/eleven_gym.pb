META
key;value
description;A small election, counted by hand
country;Worldwide
unit;Borgo
instance;2025
num_projects;5
num_votes;11
budget;1100
vote_type;approval
rule;unknown
date_begin;2025
date_end;2025
PROJECTS
project_id;cost;name
bike;700;Bike path
gym;400;Outdoor gym
park;250;New park
playground;200;Playground
library;100;Library
VOTES
voter_id;vote
1;bike,gym
2;bike,gym,park
3;bike,gym
4;bike,gym,park
5;bike,gym,park
6;bike,gym
7;park,playground,library
8;playground
9;playground,library
10;park,playground,library
11;gym

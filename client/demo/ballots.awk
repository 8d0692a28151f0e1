# Invented ballots for the demo's vote of last year, as a .pb file: which option
# costs what is read from last.json (one option per line), who lives where and
# likes what stands here.  The same SEED gives the same ballots.
#
#	awk -v SEED=2025 -v BALLOTS=2000 -f ballots.awk last.json

# Park and Miller's generator: exact in double precision.
function random() {
	state = (state * 16807) % 2147483647
	return state / 2147483647
}

function member(line, name,    at) {
	at = index(line, "\"" name "\": \"")
	line = substr(line, at + length(name) + 5)
	return substr(line, 1, index(line, "\"") - 1)
}

# likes AREA LIST: how much people of an area care for an option; else 1.
function likes(area, list,    parts, i, pair, n) {
	n = split(list, parts, " ")
	for (i = 1; i <= n; i++) {
		split(parts[i], pair, "=")
		weight[area, pair[1]] = pair[2]
	}
}

/"id": / {
	m++
	id[m] = member($0, "id")
	cost[m] = member($0, "cost")
}

/"budget": / {
	budget = member($0, "budget")
}

function one_ballot(    area, picks, total, i, k, at, x, chosen, list) {
	if (random() < 0.01)
		return "" # blank
	x = random()
	area = x < 0.52 ? 1 : x < 0.72 ? 2 : x < 0.90 ? 3 : 4
	picks = 1 + int(random() * 5)
	for (k = 0; k < picks; k++) {
		total = 0
		for (i = 1; i <= m; i++)
			if (!(i in chosen))
				total += (area, id[i]) in weight ? weight[area, id[i]] : 1
		x = random() * total
		for (i = 1; i <= m; i++) {
			if (i in chosen)
				continue
			at = i
			x -= (area, id[i]) in weight ? weight[area, id[i]] : 1
			if (x < 0)
				break
		}
		chosen[at] = 1
	}
	for (i = 1; i <= m; i++)
		if (i in chosen)
			list = list (list == "" ? "" : ",") id[i]
	return list
}

END {
	state = SEED
	likes(1, "piazza=9 scuola=8 ambulatorio=6 illuminazione=5 bande=2 wifi=2")
	likes(2, "fermata=8 navetta=7 ambulatorio=4 sentiero=3 scuola=3")
	likes(3, "sala=8 campetto=9 navetta=3 scuola=3 sentiero=2")
	likes(4, "orti=9 fontana=9 sentiero=5 navetta=4 cani=2")
	print "META\nkey;value\ndescription;Invented ballots of an invented town"
	print "country;Italia\nunit;Valdoria\ninstance;demo"
	print "num_projects;" m "\nnum_votes;" BALLOTS "\nbudget;" budget
	print "vote_type;approval\nmin_length;1\nmax_length;5\nrule;unknown"
	print "date_begin;2025\ndate_end;2025\nPROJECTS\nproject_id;cost;name"
	for (i = 1; i <= m; i++)
		print id[i] ";" cost[i] ";" id[i]
	print "VOTES\nvoter_id;vote"
	for (v = 1; v <= BALLOTS; v++)
		print v ";" one_ballot()
}

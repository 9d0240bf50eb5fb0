# The roles of columns as C: roles.awk FILE.txt ... README.md has the format of the files.
function bad(why) {
	print FILENAME ":" FNR ": " why >"/dev/stderr"
	failed = 1
}
function quoted(s) {
	gsub(/["\\]/, "\\\\&", s)
	return "\"" s "\""
}
function member(key) {
	return key in value ? ", ." key " = " quoted(value[key]) : ""
}
# The names of a list and what abbreviates their last word in schemas of enterprises: first_nm, close_dt, policy_no. The
# ending _at of a moment stands for the others, as shipped_on and shipped_dt.
function with_short(list, n, f, i, name, whole, all) {
	n = split(list, f, " ")
	all = ""
	for (i = 1; i <= n; i++) {
		all = all f[i] " "
		whole = f[i] ~ /!$/ ? "!" : ""
		name = whole == "" ? f[i] : substr(f[i], 1, length(f[i]) - 1)
		if (name ~ /_name$/)
			all = all substr(name, 1, length(name) - 5) "_nm" whole " "
		else if (name ~ /_(date|on)$/)
			all = all substr(name, 1, length(name) - (name ~ /_on$/ ? 3 : 5)) "_dt" whole " "
		else if (name ~ /..ed_at$/)
			all = all substr(name, 1, length(name) - 3) "_dt" whole " " \
				substr(name, 1, length(name) - 3) "_date" whole " " \
				substr(name, 1, length(name) - 3) "_on" whole " " substr(name, 1, length(name) - 3) "_ts" whole " "
		else if (name ~ /_number$/)
			all = all substr(name, 1, length(name) - 7) "_no" whole " " substr(name, 1, length(name) - 7) "_nr" whole " "
		else if (name ~ /_code$/)
			all = all substr(name, 1, length(name) - 5) "_cd" whole " "
	}
	return all
}
# Portuguese names of old systems say the kind of value before what it is: ds_etapa, nm_medico, vl_piso, qt_vagas.
function with_prefix(list, n, f, i, all, name, types) {
	types = " " value["types"]
	n = split(list, f, " ")
	all = ""
	for (i = 1; i <= n; i++) {
		all = all f[i] " "
		name = substr(f[i], 1, length(f[i]) - 1)
		if (f[i] !~ /!$/ || name ~ /^(descricao|nome|titulo|codigo|sigla|numero|valor|data|tipo|ordem|cod|rotulo|chave|key)/)
			continue
		if (types ~ / text /)
			all = all "descricao_" name "! "
		else if (types ~ / (number|decimal) /)
			all = all "valor_" name "! "
		else if (types ~ / int /)
			all = all "quantidade_" name "! "
	}
	return all
}
# A list without its first words, with a blank at the end of each of the others.
function rest_of(list, n) {
	while (n-- > 0)
		sub(/^[^ ]+ +/, "", list)
	return list " "
}
# A role of texts ends with what fits the shortest column, so that none is left to letters in no order.
function last_rules() {
	if ((" " value["types"]) !~ / text / || nrules == 0 || id ~ /^(tech|list|lookup)\./)
		return
	if (nrules < max_rules && rules[nrules] !~ /^(semantic\.code\.short|primitive\.text\.pattern)/) {
		locales[++nrules] = ""
		rules[nrules] = "semantic.code.short"
	}
}
# "a | b=9 | c" as a choice: without a weight of its own each of the labels is rarer than the one before
function choice(list, n, f, i, out, weight) {
	n = split(list, f, / *\| */)
	out = ""
	for (i = 1; i <= n; i++) {
		weight = i <= nfalling ? falling[i] : 4
		if (match(f[i], /=[1-9][0-9]*$/)) {
			weight = substr(f[i], RSTART + 1)
			f[i] = substr(f[i], 1, RSTART - 1)
		}
		if (f[i] == "")
			bad("a label without a letter")
		out = out (i > 1 ? ", " : "") "{\"value\": " quoted(f[i]) ", \"weight\": " weight "}"
	}
	return "primitive.choice {\"choices\": [" out "]}"
}
function add_rule(locale, rule) {
	if (nrules == max_rules)
		bad("more than " max_rules " rules")
	locales[++nrules] = locale
	rules[nrules] = rule
}
# The words of a list in place of the % of each of an aspect's names that has one; without words, the names that have none.
function names_of(names, words, n, m, f, w, i, k, out, name) {
	n = split(names, f, " ")
	m = split(words, w, " ")
	out = ""
	for (i = 1; i <= n; i++) {
		if (words == "" && f[i] !~ /%/)
			out = out f[i] " "
		for (k = 1; f[i] ~ /%/ && k <= m; k++) {
			name = f[i]
			sub(/%/, w[k], name)
			out = out name " "
		}
	}
	return out
}
# A role of what a subject says of one aspect: of columns of its tables, or of those that name it in other tables.
function put_role(name, aspect, tables, en, pt, i) {
	id = "subject." name "." aspect (tables == "" ? "_of" : "")
	split("", value)
	value["types"] = "text "
	if (tables != "")
		value["tables"] = tables
	if (tables != "" && subject_unlike != "")
		value["unlike"] = subject_unlike
	if (subject_where != "")
		value["where"] = subject_where
	if (subject_nowhere != "")
		value["nowhere"] = subject_nowhere
	value["en"] = en
	value["pt"] = pt
	if (aspect_kind[aspect] != "")
		value["kind"] = aspect_kind[aspect]
	value["nulls"] = aspect_nulls[aspect]
	nrules = 0
	for (i = 1; i <= nsaid; i++)
		if (said[i] == aspect)
			add_rule(said_locale[i], said_rule[i])
	end_role()
}
function end_subject(i, name, aspect) {
	if (subject == "")
		return
	name = subject
	subject = ""
	for (i = 1; i <= nsaid; i++) {
		aspect = said[i]
		if (i > 1 && said[i - 1] == aspect)
			continue
		put_role(name, aspect, subject_en subject_pt, names_of(aspect_en[aspect], ""), names_of(aspect_pt[aspect], ""))
		if (aspect_en[aspect] aspect_pt[aspect] ~ /%/)
			put_role(name, aspect, "", names_of(aspect_en[aspect], subject_en), names_of(aspect_pt[aspect], subject_pt))
	}
}
# what stands before the first blank of a rule is the generator, the rest its parameters
function end_role(i, at, rule) {
	if (id == "")
		return
	if ("en" in value)
		value["en"] = with_short(value["en"])
	if ("pt" in value)
		value["pt"] = with_prefix(value["pt"])
	last_rules()
	if (!("types" in value))
		bad("role " id " has no types")
	printf "\t{.id = %s", quoted(id)
	for (i = 1; i <= nkeys; i++)
		printf "%s", member(keys[i])
	if ("nulls" in value)
		printf ", .nulls = %s", value["nulls"]
	else
		printf ", .nulls = -1"
	printf ", .rules = {"
	for (i = 1; i <= nrules; i++) {
		at = index(rules[i], " ")
		printf "{%s, %s, %s}, ", locales[i] == "" ? "NULL" : quoted(locales[i]), \
			quoted(at == 0 ? rules[i] : substr(rules[i], 1, at - 1)), \
			at == 0 ? "NULL" : quoted(substr(rules[i], at + 1))
	}
	print "}},"
	id = ""
}
BEGIN {
	FS = "\t"
	nkeys = split("types en pt tables likes unlike where nowhere values kind", keys, " ")
	for (i in keys)
		known[keys[i]] = 1
	max_rules = 6
	nfalling = split("30 25 20 17 14 11 9 7 6 5", falling, " ")
	print "#include \"stages/plan-check/role.h\"\n\nconst struct role roles[] = {"
}
FNR == 1 {
	end_role()
	end_subject()
	aspect = ""
}
/^#/ || /^[ \t]*$/ {
	next
}
/^(role|aspect|subject|abbr|label|span|terms|worth) / {
	end_role()
	end_subject()
	aspect = ""
}
/^aspect / {
	aspect = substr($0, 8)
	aspect_nulls[aspect] = "0.02"
	next
}
aspect != "" {
	at = index($2, " ")
	key = substr($2, 1, at - 1)
	rest = substr($2, at + 1)
	if (key == "en")
		aspect_en[aspect] = aspect_en[aspect] rest " "
	else if (key == "pt")
		aspect_pt[aspect] = aspect_pt[aspect] rest " "
	else if (key == "kind")
		aspect_kind[aspect] = rest " "
	else if (key == "nulls")
		aspect_nulls[aspect] = rest
	else
		bad("\"" key "\" is no member of an aspect")
	next
}
/^subject / {
	subject = substr($0, 9)
	subject_en = subject_pt = subject_unlike = subject_where = subject_nowhere = ""
	nsaid = 0
	next
}
subject != "" {
	at = index($2, " ")
	key = substr($2, 1, at - 1)
	rest = substr($2, at + 1)
	locale = match(key, /\[[a-zA-Z_]+\]$/) ? substr(key, RSTART + 1, RLENGTH - 2) : ""
	if (locale != "")
		key = substr(key, 1, RSTART - 1)
	if (key == "en")
		subject_en = subject_en rest " "
	else if (key == "pt")
		subject_pt = subject_pt rest " "
	else if (key == "unlike")
		subject_unlike = subject_unlike rest " "
	else if (key == "where")
		subject_where = subject_where rest " "
	else if (key == "nowhere")
		subject_nowhere = subject_nowhere rest " "
	else if (key in aspect_nulls) {
		said[++nsaid] = key
		said_locale[nsaid] = locale
		said_rule[nsaid] = rest ~ /^[a-z_]+\.[a-z_.]+( \{.*\})?$/ ? rest : choice(rest)
	} else
		bad("\"" key "\" is no aspect")
	next
}
/^role / {
	id = substr($0, 6)
	if (id !~ /^[a-z0-9_]+(\.[a-z0-9_]+)+$/ || id in seen)
		bad("role " id ": a name as money.price, given once")
	seen[id] = 1
	split("", value)
	nrules = 0
	next
}
/^abbr / {
	n = split(substr($0, 6), f, " ")
	short[++nshort] = f[1]
	word[nshort] = n > 1 ? f[2] : ""
	next
}
/^label / {
	if (split(substr($0, 7), f, " ") != 4 || f[2] !~ /^(-|[0-9]+)$/ || f[4] !~ /^[1-9][0-9]*$/)
		bad("label WORD RANK CLASS WEIGHT")
	if (f[1] in label_of)
		bad("label " f[1] " stands there twice")
	label_of[f[1]] = 1
	labels[++nlabels] = "\t{" quoted(f[1]) ", " (f[2] == "-" ? -1 : f[2]) ", " \
		quoted(f[3] == "-" ? "" : f[3]) ", " f[4] "},"
	next
}
/^span / {
	if (split(substr($0, 6), f, " ") < 5 || f[1] f[2] f[3] !~ /^([0-9]+[mhd])+$/ || f[4] !~ /^(any|day|business)$/)
		bad("span LEAST TYPICAL MOST HOURS WORDS")
	spans[++nspans] = "\t{" quoted(f[1]) ", " quoted(f[2]) ", " quoted(f[3]) ", " quoted(f[4]) ", NULL, " \
		quoted(rest_of(substr($0, 6), 4)) "},"
	next
}
/^worth / {
	if (split(substr($0, 7), f, " ") < 2 || f[1] !~ /^[1-9][0-9]*$/)
		bad("worth AMOUNT WORDS")
	worths[++nworths] = "\t{" f[1] ", " quoted(rest_of(substr($0, 7), 1)) "},"
	next
}
/^terms / {
	if (split(substr($0, 7), f, " ") < 2 || f[1] !~ /^[0-9]+(,[0-9]+)*$/)
		bad("terms DAYS WORDS")
	spans[++nspans] = "\t{NULL, NULL, NULL, \"any\", " quoted(f[1]) ", " quoted(rest_of(substr($0, 7), 1)) "},"
	next
}
id == "" {
	bad("a line that belongs to no role")
	next
}
/^\t(rule|pick)(\[[a-z]+_[A-Z]+\])? / {
	at = index($2, " ")
	add_rule(match($2, /\[[a-zA-Z_]+\]/) && RSTART < at ? substr($2, RSTART + 1, RLENGTH - 2) : "", \
		$2 ~ /^pick/ ? choice(substr($2, at + 1)) : substr($2, at + 1))
	next
}
/^\tnulls / {
	value["nulls"] = substr($2, 7)
	if (value["nulls"] !~ /^(0(\.[0-9]+)?|1)$/)
		bad("nulls is a share from 0 to 1")
	next
}
{
	at = index($2, " ")
	key = at == 0 ? $2 : substr($2, 1, at - 1)
	if (!(key in known))
		bad("\"" key "\" is no member of a role")
	# the blank at the end lets whoever reads the list look for the end of each word
	value[key] = value[key] (at == 0 ? "" : substr($2, at + 1) " ")
}
END {
	end_role()
	end_subject()
	print "\t{.id = NULL},\n};\n\nconst struct role_abbreviation role_abbreviations[] = {"
	for (i = 1; i <= nshort; i++)
		print "\t{" quoted(short[i]) ", " quoted(word[i]) "},"
	print "\t{NULL, NULL},\n};\n\nconst struct role_label role_labels[] = {"
	for (i = 1; i <= nlabels; i++)
		print labels[i]
	print "\t{NULL, 0, NULL, 0},\n};\n\nconst struct role_span role_spans[] = {"
	for (i = 1; i <= nspans; i++)
		print spans[i]
	print "\t{NULL, NULL, NULL, NULL, NULL, NULL},\n};\n\nconst struct role_worth role_worths[] = {"
	for (i = 1; i <= nworths; i++)
		print worths[i]
	print "\t{0, NULL},\n};"
	exit failed
}

# The lists of one locale as C: words.awk -v locale=pt_BR FILE.txt FILE.tsv ... Run with LC_ALL=C,
# so that length() counts bytes.
#
# NAME.txt: an entry a line, with a tab and a weight if it is not 1.  NAME.tsv: the first line names
# the columns, of which "weight" is the weight.  forms.txt: key, form, weight.  Lines that begin
# with "# " are comments.  A struct locale_list (locale.h) has the cells column by column.
function text(s, n) {
	n = length(s)
	gsub(/["\\]/, "\\\\&", s)
	return "{\"" s "\", " n "}"
}
function bad(why) {
	print FILENAME ":" FNR ": " why >"/dev/stderr"
	failed = 1
}
# whether the entry is there already: of a .tsv all of its cells but the weight
function seen(entry) {
	if (entry in line_of)
		bad("the same as line " line_of[entry])
	line_of[entry] = FNR
}
function begin_file(parts, n) {
	n = split(FILENAME, parts, "/")
	name = parts[n]
	table = name ~ /\.tsv$/
	sub(/\.[a-z]*$/, "", name)
	rows = weighted = twice = headed = 0
	columns = name == "forms" ? 2 : 1
	header[1] = "key"
	header[2] = "form"
	weight_at = columns + 1
	split("", line_of)
	split("", first)
}
function read_header(i, at, f, n) {
	n = split($0, f, "\t")
	columns = weight_at = 0
	headed = 1
	for (i = 1; i <= n; i++) {
		if (f[i] !~ /^[a-z_][a-z0-9_]*(\[\])?$/)
			bad("\"" f[i] "\" cannot name a column")
		if (f[i] == "weight")
			weight_at = i
		else
			header[++columns] = f[i]
	}
}
function add_entry(f, n, want,   i, at, entry) {
	for (i = at = 1; i <= want; i++) {
		if (i == weight_at && columns < want)
			continue
		if (f[i] != "" && f[i] ~ /^ | $|[\001-\037\177]/)
			bad("a blank at an end, or a control character")
		if (header[at] !~ /\[\]$/ || !table)
			entry = entry "\t" f[i]
		else if (f[i] ~ /  /)
			bad("two blanks between values")
		cell[rows, at++] = f[i]
	}
	if (f[1] == "")
		bad("an empty entry")
	seen(entry)
	twice = twice || f[1] in first
	first[f[1]] = 1
	weight[rows] = 1
	if (weight_at > 0 && n >= weight_at) {
		if (f[weight_at] !~ (name == "forms" ? "^(0|[1-9][0-9]*)$" : "^[1-9][0-9]*$") || \
			f[weight_at] + 0 > 1000000000)
			bad("a weight is a whole number from 1 (a form: 0) to 1000000000")
		weight[rows] = f[weight_at]
		weighted = weighted || weight[rows] != 1
	}
	rows++
}
function read_entry(f, n) {
	n = split($0, f, "\t")
	if (table && n != columns + (weight_at > 0))
		bad(n " cells, but the first line names " columns + (weight_at > 0) " columns")
	else if (!table && (n < columns || n > columns + 1))
		bad(columns == 1 ? "an entry, and at most a weight" : "a key, a form, and at most a weight")
	else
		add_entry(f, n, table ? n : columns)
}
function end_file(i, k) {
	if (name == "")
		return
	if (rows == 0)
		bad("no entries")
	print "static const struct vtext " name "_cells[] = {"
	for (k = 1; k <= columns; k++)
		for (i = 0; i < rows; i++)
			print "\t" text(cell[i, k]) ","
	print "};"
	if (weighted) {
		print "static const uint32_t " name "_weight[] = {"
		for (i = 0; i < rows; i++)
			print "\t" weight[i] ","
		print "};"
	}
	if (table || name == "forms") {
		print "static const char *const " name "_column[] = {"
		for (k = 1; k <= columns; k++)
			print "\t\"" header[k] "\","
		print "};"
	}
	lists = lists "\t{\"" name "\", " name "_cells, " (weighted ? name "_weight" : "NULL") ", " rows ", " \
		columns ", " (table || name == "forms" ? name "_column" : "NULL") ", " \
		(twice ? "false" : "true") "},\n"
}
BEGIN {
	print "#include \"common/generators/locale.h\""
}
FNR == 1 {
	end_file()
	begin_file()
}
/^# / {
	next
}
{
	if (table && !headed)
		read_header()
	else
		read_entry()
}
END {
	end_file()
	print "static const struct locale_list lists[] = {\n" lists "};"
	print "extern const struct locale locale_data_" locale ";"
	if (locale != "any")
		print "extern const struct locale locale_data_any;"
	print "const struct locale locale_data_" locale " = {"
	print "\t\"" locale "\", lists, sizeof(lists) / sizeof(lists[0]), " \
		(locale == "any" ? "NULL" : "&locale_data_any") "};"
	exit failed
}

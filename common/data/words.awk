# An entry a line to {"text", bytes} a line; run with LC_ALL=C, so that length() counts bytes.
# city: "UF name" to {"UF", {"name", bytes}}; ddd: "UF code code ..." to one line a code.
function entry(s, n) {
	n = length(s)
	gsub(/["\\]/, "\\\\&", s)
	return "{\"" s "\", " n "}"
}
list == "city" {
	print "{\"" $1 "\", " entry(substr($0, 4)) "},"
	next
}
list == "ddd" {
	for (i = 2; i <= NF; i++)
		print "{\"" $1 "\", " entry($i) "},"
	next
}
NF {
	print entry($0) ","
}

# Which shards of a run are there, and which are not.  engine.sh calls this with two files: sizes and
# names of the run's files ("BYTES NAME" a line), and the run's tables.mk.
#
# A shard is there if it has a receipt of this program, this plan and the form of rows that is asked for,
# the files that the receipt names are there and as long as it says, and every key file that it was
# made from is one of this plan.  The generators ask the same before they make a shard, and the digests of
# the key files besides; but a table's digest covers its parents' digests, so keys made from another plan show.
#
# Variables: run (its directory), version (of the stages), format, compress, header (of rows), all
# (not empty: list every shard).  Prints "LEVEL TABLE SHARD SHARDS NAME" for each shard that is not there, in
# the order of levels; TABLE is as files have it, NAME what its files are called before their last dots.

# text LINE: the value of a member of a receipt, which has one member a line
function text(line) {
	sub(/^[^:]*: "?/, "", line)
	sub(/"?,?$/, "", line)
	return line
}

# stamp TABLE: digest and columns of the snapshot, as plan-check wrote them down
function stamp(table,    file, line, s) {
	if (table in stamps)
		return stamps[table]
	file = run "/tables/" table ".digest"
	while ((getline line < file) > 0)
		s = s line "\n"
	close(file)
	return stamps[table] = s
}

# same_form: whether rows of this form are what was asked for.  Tables that have types without a binary form have
# text where binary is asked for.
function same_form(f, c, h) {
	if (f == "text" || f == "jsonl")
		h = header
	return (f == format || (f == "text" && format == "binary")) && c == compress && h == header
}

# there NAME TABLE SHARD SHARDS: whether that shard is
function there(name, table, shard, shards,    file, line, where, path, kept, outputs, got, h, ok) {
	if (!(("receipts/gen." name ".json") in bytes))
		return 0
	file = run "/receipts/gen." name ".json"
	ok = 1
	h = "first"
	while (ok && (getline line < file) > 0) {
		if (line ~ /^  "/) {
			match(line, /"[a-z_]+"/)
			where = substr(line, RSTART + 1, RLENGTH - 2)
			if (where == "header")
				h = text(line)
			else
				got[where] = text(line)
			if (where == "retries")
				break
		} else if (where == "kept" && line ~ /^    "/) {
			sub(/^ *"/, "", line)
			sub(/",?$/, "", line)
			gsub(/\\\\/, "\001", line)
			gsub(/\\"/, "\"", line)
			gsub(/\001/, "\\\\", line)
			kept = kept "keep " line "\n"
		} else if (line ~ /^      "path"/) {
			path = text(line)
			if (where == "inputs")
				ok = (path in keys) || path ~ /\.existing\.msgpack$/
		} else if (where == "outputs" && line ~ /^      "bytes"/) {
			outputs++
			ok = (path in bytes) && bytes[path] == text(line)
		}
	}
	close(file)
	return ok && outputs > 0 && got["tool_version"] == version && got["shard"] == shard &&
		got["shards"] == shards && same_form(got["format"], got["compress"], h) &&
		got["table_digest"] "\n" kept == stamp(table)
}

FNR == 1 { nfiles++ }

nfiles == 1 {
	size = $1
	sub(/^[0-9]+ /, "")
	bytes[$0] = size
	next
}

/^LEVEL_[0-9]+ :=/ {
	level = $1
	sub(/^LEVEL_/, "", level)
	next
}
/^[^\t]/ { level = "" }
level != "" && /receipts\/gen\./ {
	sub(/^.*receipts\/gen\./, "")
	sub(/\.json.*$/, "")
	names[++n] = $0
	levels[n] = level
	keys["keys/" $0 ".msgpack"]
}

END {
	for (i = 1; i <= n; i++) {
		table = names[i]
		shard = 0
		shards = 1
		if (match(table, /\.[0-9]+-of-[0-9]+$/)) {
			split(substr(table, RSTART + 1), part, "-of-")
			shard = part[1] + 0 # names have zeros before it
			shards = part[2] + 0
			table = substr(table, 1, RSTART - 1)
		}
		if (all != "" || !there(names[i], table, shard, shards))
			print levels[i], table, shard, shards, names[i]
	}
}

#!/usr/bin/env bats
# A run by Jobs of Kubernetes: manifests that the API takes, and the bytes of one machine.  The Jobs run on this machine, by a
# kubectl of the suite.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	"$PYTHON" -c 'import yaml, jsonschema' 2>/dev/null || {
		export MISSING='python3-yaml or python3-jsonschema is not installed: scripts/setup --engines'
		return 0
	}
	crm_base
	cd "$BATS_FILE_TMPDIR" || return
	small_plan crm 3 'contatos=3000'
	new_run ref plan.json --shards 6
	make_rows ref
}

teardown_file() {
	[ -z "${PG_DIR:-}" ] || pg_stop
}

setup() {
	[ -z "${MISSING:-}" ] || skip "$MISSING" # bats 1.8 has no skip for a file
	cd "$BATS_FILE_TMPDIR" || return
	export KUBE_DIR=$BATS_TEST_TMPDIR/kube KUBE_BIN=$BATS_TEST_TMPDIR/bin
	export PATH=$ROOT/tests/pipeline/kubernetes:$ROOT/scripts:$PATH
	VOLUME=$BATS_TEST_TMPDIR/volume
	mkdir -p "$KUBE_DIR" "$KUBE_BIN" "$VOLUME/a"
	ln -s "$BIN"/* "$KUBE_BIN"
	cp "$BASE/schema.msgpack" "$VOLUME/a"
}

# kubernetes [OPTION...]
kubernetes() {
	datalchemy kubernetes --image registry/datalchemy:1 --claim runs --mount "$VOLUME" --run a --name=test --poll 0.1 \
		--plan plan.json --shards=6 "$@"
}

# stage STAGE TEXT: that executable of the pods is a script
stage() {
	rm "$KUBE_BIN/$1"
	# what is missing the real one tells
	printf '#!/bin/bash\n[[ " $* " != *" --list "* ]] || exec %q "$@"\nkube=%q\n%s\n' "$BIN/$1" "$KUBE_DIR" "$2" >"$KUBE_BIN/$1"
	chmod +x "$KUBE_BIN/$1"
}

@test "kubernetes: the manifests are what batch/v1 has, whatever the options are" {
	cat >judge.py <<-'END'
		import json, sys
		import jsonschema, yaml
		schema = json.load(open(sys.argv[1]))
		jobs = list(yaml.safe_load_all(open(sys.argv[2])))
		assert [j["metadata"]["name"] for j in jobs] == ["test-1-plan", "test-1-level0", "test-1-end"], jobs
		for job in jobs:
		    jsonschema.validate(job, schema)
		    spec = job["spec"]
		    pod = spec["template"]["spec"]
		    mounts = {m["name"] for m in pod["containers"][0]["volumeMounts"]}
		    assert mounts == {v["name"] for v in pod["volumes"]}
		    assert 0 < spec["parallelism"] <= spec["completions"]
		    assert ("plan" in mounts) == (job is jobs[0])
		    try:
		        import kubernetes_validate
		        kubernetes_validate.validate(job, "1.33", strict=True)
		    except ImportError:
		        pass
		assert jobs[1]["spec"]["completions"] == int(sys.argv[3])
		words = jobs[0]["spec"]["template"]["spec"]["containers"][0]["command"]
		assert words[words.index("--check") + 1] == "--rows '1000;crm.\"a\\b\"=2' $$X", words
	END
	check="--rows '1000;crm.\"a\\b\"=2' \$X"
	kubernetes --print --check "$check" >some.yaml
	"$PYTHON" judge.py "$ROOT/tests/pipeline/kubernetes/job.schema.json" some.yaml 200
	kubernetes --print --check "$check" --secret db --namespace team --tasks 7 --parallelism 3 --cpus 4 --memory 512Mi --load \
		--gen '--format binary' --ddl plan.json >some.yaml
	"$PYTHON" judge.py "$ROOT/tests/pipeline/kubernetes/job.schema.json" some.yaml 7
	[ "$(grep -c 'namespace: "team"' some.yaml)" = 3 ]
	# what YAML would take for a number or for nothing is text
	kubernetes --print --check "$check" --image 56 --claim 34 --secret 1e3 --namespace null --memory 2147483648 --load >some.yaml
	"$PYTHON" judge.py "$ROOT/tests/pipeline/kubernetes/job.schema.json" some.yaml 200
	run grep -n '@\|#' some.yaml # no mark of the template is left
	expect 1
}

@test "kubernetes: the rows, keys and receipts of pods are those of one machine, and are loaded" {
	pg_db loaded crm
	echo "DATABASE_URL=$DATABASE_URL" >"$KUBE_DIR/secret.db"
	run kubernetes --secret db --load --tasks 4
	expect 0
	says 'level 0: 6 missing shards in 4 pods' 'level 1: 6 missing shards in 4 pods' 'done: the rows are audited and loaded'
	rm "$VOLUME/a/receipts/load.json"
	same_run ref "$VOLUME/a"
	[ "$(sql 'SELECT count(*) FROM crm.contatos')" = 3000 ]
	# another call: what is missing, and what is damaged
	rm "$VOLUME/a/data/crm.contatos.2-of-6.csv"
	printf x | dd of="$VOLUME/a/data/crm.contatos.5-of-6.csv" bs=1 seek=40 conv=notrunc status=none
	run kubernetes
	expect 0
	says 'level 1: 1 missing shard in 1 pod, job test-1-level1' '1 shard damaged (crm.contatos.5-of-6): made again' \
		'level 1: 1 missing shard in 1 pod, job test-2-level1' 'done: the rows are audited'
	same_run ref "$VOLUME/a"
}

@test "kubernetes: a pod that is killed is run again, and one that ends so each time is left to the next round" {
	stage gen-children "
		mkdir \"\$kube/first\" 2>/dev/null && kill -9 \$\$
		[[ \$* != *'--shard 3 '* || -e \$kube/mended ]] || exit 75
		exec $BIN/gen-children \"\$@\""
	stage eval "touch \"\$kube/mended\"; exec $BIN/eval \"\$@\"" # not reached before all is there
	run kubernetes --retries 1 --rounds 2
	expect 75
	says '1 shard missing: made again' 'shards are missing after 2 rounds'
	[ "$(grep -c '^3 75' "$KUBE_DIR/test-1-level1.pods")" = 2 ]
	touch "$KUBE_DIR/mended"
	run kubernetes
	expect 0
	says 'level 1: 1 missing shard in 1 pod'
	same_run ref "$VOLUME/a"
}

@test "kubernetes: status 2 of a generator, and a plan that is refused, stop the run" {
	stage gen-children 'echo "gen-children: nothing helps" >&2; exit 2'
	run kubernetes
	expect 2
	says 'another attempt is useless: gen-children: nothing helps'
	[ ! -e "$VOLUME/a/metrics.json" ]
	echo '{}' >wrong.json
	run kubernetes --plan wrong.json
	[[ $status == [12] ]] || fail "$status $output"
	says 'the plan was not made'
}

@test "kubernetes: a volume that is lost while pods work is no run that is done" {
	stage gen-children "touch \"\$kube/lost\"; exit 75"
	stage gen-parents "[[ ! -e \$kube/lost ]] || exit 1; exec $BIN/gen-parents \"\$@\""
	sed -i 2d "$KUBE_BIN/gen-parents" # it has no list either
	run kubernetes --retries 1 --rounds 2
	expect 75
	says 'which shards are missing cannot be told: made again' 'see the log of the job test-2-plan'
	[ ! -e "$VOLUME/a/metrics.json" ]
}

@test "kubernetes: what cannot stand in a manifest is refused" {
	while read -r option wrong; do
		run kubernetes "$option" "$wrong" </dev/null
		refused 2 "$option"
	done <<-'END'
		--image a"b
		--claim Runs
		--mount data
		--memory much
		--name a/b
		--name a23456789b123456789c123456789d123456789e1
		--memory 2i
		--cpus 0
		--gen --shard=3
	END
	run kubernetes --check $'--seed\n7'
	refused 2 'an option has a line break'
	run kubernetes --plan nowhere.json
	refused 2 'cannot read nowhere.json'
	[ -z "$(ls "$KUBE_DIR")" ]
}

@test "kubernetes: the image has every library that the stages need" {
	type -P dpkg-query readelf >/dev/null || skip 'this is not Debian'
	packages=" $(sed -n '/^FROM debian:12-slim$/,$p' "$ROOT/pipelines/kubernetes/Dockerfile" | xargs) "
	for stage in introspect plan-check gen-parents gen-children eval load; do
		readelf -d "$BIN/$stage"
	done | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' | grep -v '^lib[cm]\.so\|asan\|ubsan' | sort -u | while read -r lib; do
		of=$(dpkg-query -S "/usr/lib/*/$lib" | head -n 1)
		[[ $packages == *" ${of%%:*} "* ]] || fail "$lib is in ${of%%:*}"
	done
}

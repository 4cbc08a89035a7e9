# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# system/forge.bash - results that say what no guest said. To be sourced.

# forge FOLDER PYTHON: changes results.json, and its fingerprint with it.
forge() {
	python3 - "$1" "$2" <<-'END'
		import hashlib, json, sys
		folder, change = sys.argv[1:]
		with open(folder + "/results.json") as file:
		    results = json.load(file)
		exec(change)
		text = json.dumps(results, indent=1, ensure_ascii=False) + "\n"
		with open(folder + "/results.json", "w") as file:
		    file.write(text)
		with open(folder + "/host.json") as file:
		    host = json.load(file)
		host["fingerprint"] = hashlib.sha256(text.encode()).hexdigest()
		with open(folder + "/host.json", "w") as file:
		    json.dump(host, file)
	END
}

# forged PYTHON: a copy of the run in the folder $run, changed so: $TMP/forged.
forged() {
	rm -rf "$TMP/forged"
	# shellcheck disable=SC2154  # whoever sources this has a run
	cp -r "$run" "$TMP/forged"
	forge "$TMP/forged" "$1"
}

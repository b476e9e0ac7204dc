/// A plan as a POSIX shell script, which records a host where gicscope is not installed.
public struct RecordScript {
  private let plan: ProbePlan
  private let options: Recorder.Options

  /// The script for a plan.
  public init(_ plan: ProbePlan, _ options: Recorder.Options = Recorder.Options()) {
    self.plan = plan
    self.options = options
  }

  /// Its text.
  public var text: String {
    [heading, Self.arguments, settings, Self.functions, probes, start, Self.body].joined(separator: "\n")
  }

  private var heading: String {
    var lines = [
      "#!/bin/sh",
      "# Records the guests of this KVM host as gicscope record does, with what its kernel has: Linux \(release).",
      "# As root; needs trace-cmd.",
      "#",
      "#   sh record.sh [-o FOLDER] [-s SECONDS] [-- COMMAND ARGUMENT...]",
      "#",
      "# It records while COMMAND runs, or for SECONDS, or until Ctrl-C. gicscope analyze FOLDER reads the recording.",
    ]
    let conclusions = Conclusion.all(plan, plan.firstChoice)
    for (isPossible, title) in [(true, "It will show:"), (false, "It will not show:")] {
      lines += ["#", "# " + title]
      lines += conclusions.filter { $0.isPossible == isPossible }.map { "#   " + $0.text }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var release: String { plan.kernel.release.isEmpty ? "of an unknown release" : plan.kernel.release }

  private static let arguments = """
    folder=recording seconds=
    while [ $# -gt 0 ]; do
      case $1 in
        -o) folder=$2; shift 2 ;;
        -s) seconds=$2; shift 2 ;;
        --) shift; break ;;
        *) sed -n '2,/^$/s/^# \\{0,1\\}//p' "$0" >&2; exit 2 ;;
      esac
    done

    """

  private var settings: String {
    """
    release=\(Self.quoted(plan.kernel.release))
    tracing=\(Self.quoted(plan.kernel.tracing))
    clock=\(Self.quoted(options.clock))
    buffer=${BUFFER:-\(options.buffer)}

    """
  }

  private static let functions = """
    fail() { echo "record.sh: $1" >&2; exit "${2:-3}"; }
    [ "$(id -u)" = 0 ] || fail 'become root'
    command -v trace-cmd > /dev/null || fail 'install trace-cmd'
    [ -w "$tracing/kprobe_events" ] || fail "mount tracefs: mount -t tracefs tracefs $tracing"
    [ -z "$release" ] || [ "$(uname -r)" = "$release" ] || fail "made for Linux $release; plan again for $(uname -r)"
    [ -z "$(ls -A "$folder" 2> /dev/null)" ] || fail "$folder is not empty"
    mkdir -p "$folder" || exit 3

    probes= tracer= problem=
    # add EVENT DEFINITION FILTER
    add() {
      echo "$2" 2> /dev/null >> "$tracing/kprobe_events" || return 1
      probes="$probes $1"
      eval "filter_$1=\\$3"
    }
    # Adds as many as the kernel takes; false if it takes none.
    several() {
      found=1
      while [ $# -ge 3 ]; do
        if add "$1" "$2" "$3"; then found=0; fi
        shift 3
      done
      return $found
    }
    missing() { echo "not shown: $1" >&2; }
    installed() {
      awk -F '[/ ]' '/^[pr][0-9]*:gicscope\\// { probes[$2] = 1 } /^-:gicscope\\// { delete probes[$2] }
        END { for (probe in probes) print probe }' "$tracing/kprobe_events"
    }
    remove() {
      [ -n "$(installed)" ] || return 0
      echo 0 2> /dev/null > "$tracing/events/gicscope/enable"
      for event in $(installed); do echo "-:gicscope/$event" 2> /dev/null >> "$tracing/kprobe_events"; done
      [ -z "$(installed)" ] || { echo "record.sh: these probes are still there:" $(installed) >&2; problem=1; }
    }
    interrupted=
    trap 'interrupted=1' INT TERM HUP
    trap '[ -z "$tracer" ] || kill -INT $tracer 2> /dev/null; remove' EXIT

    """

  private var probes: String {
    var lines = ["remove"]
    for part in plan.parts {
      var choices: [String] = []
      for alternative in part.alternatives {
        let words = alternative.map { "\($0.event) \(Self.quoted($0.definition)) \(Self.quoted($0.filter ?? ""))" }
        choices.append("several " + words.joined(separator: " \\\n  "))
      }
      if !part.role.isMinor { choices.append("missing \(Self.quoted(part.role.shows))") }
      lines.append("# \(part.role.shows)")
      lines += part.obstacles.map { "#   \($0)" }
      if !choices.isEmpty { lines.append(choices.joined(separator: " ||\n  ")) }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var start: String {
    let events = plan.events.flatMap { ["-e", $0] }.joined(separator: " ")
    let switches = plan.events.map { "\"$tracing/events/\($0.split(separator: ":").joined(separator: "/"))/enable\"" }
    return """
      start() {
        set -- record -C "$clock" -b "$buffer" \(events)
        for event in $probes; do
          set -- "$@" -e "gicscope:$event"
          eval "filter=\\$filter_$event"
          [ -z "$filter" ] || set -- "$@" -f "$filter"
        done
        trace-cmd "$@" -o "$folder/trace.dat" < /dev/null > "$folder/trace-cmd.log" 2>&1 &
        tracer=$!
      }
      # Whether tracing is on, and every event is.
      live() {
        for switch in "$tracing/tracing_on" \(switches.joined(separator: " ")); do
          case $(cat "$switch") in 1*) ;; *) return 1 ;; esac
        done
        [ -z "$probes" ] || case $(cat "$tracing/events/gicscope/enable") in 1*) ;; *) return 1 ;; esac
      }

      """
  }

  private static let body = """
    start
    until live; do
      kill -0 $tracer 2> /dev/null || { cat "$folder/trace-cmd.log" >&2; tracer=; fail 'trace-cmd ended'; }
      [ -z "$interrupted" ] || fail 'interrupted before anything was recorded'
      sleep 1
    done
    echo "recording to $folder" >&2
    probed=$(grep '^[pr][^:]*:gicscope/' "$tracing/kprobe_events")
    cat /proc/interrupts > "$folder/interrupts.txt"
    # The threads of vCPUs, as QEMU names them, at the start or, if there is none yet, at the end.
    threads() {
      for file in /proc/[0-9]*/task/[0-9]*/comm; do
        name=$(cat "$file" 2> /dev/null) || continue
        case $name in "CPU "*/KVM) file=${file%/comm}; echo "${file##*/} $name" ;; esac
      done
    }
    threads=$(threads)
    end='trace-cmd ended'

    if [ $# -gt 0 ]; then
      "$@" &
      work=$!
    else
      work=
    fi
    while [ -z "$interrupted" ] && kill -0 $tracer 2> /dev/null; do
      if [ -n "$work" ]; then
        kill -0 $work 2> /dev/null || { end='the command ended'; break; }
      elif [ -n "$seconds" ]; then
        [ "$seconds" -gt 0 ] || { end='the time was over'; break; }
        seconds=$((seconds - 1))
      fi
      sleep 1
    done
    [ -n "$threads" ] || threads=$(threads)
    for irq in /sys/kernel/debug/irq/irqs/[0-9]*; do
      [ -f "$irq" ] || continue
      echo "irq: ${irq##*/}"
      cat "$irq"
    done > "$folder/irqs.txt"
    # Without debugfs, what sysfs has.
    if [ ! -s "$folder/irqs.txt" ]; then
      for irq in /sys/kernel/irq/[0-9]*; do
        for name in hwirq chip_name; do
          [ -f "$irq/$name" ] && echo "irq/${irq##*/}/$name:$(cat "$irq/$name")"
        done
      done > "$folder/irqs.txt"
    fi
    kill -INT $tracer 2> /dev/null
    wait $tracer
    status=$?
    if [ $status != 0 ]; then
      tail -n 1 "$folder/trace-cmd.log" >&2
      echo "record.sh: trace-cmd ended with $status" >&2
      problem=1
    fi
    tracer=
    remove
    grep lost "$folder/trace-cmd.log" >&2

    # list TEXT: its lines as strings.
    list() { printf '%s\\n' "$1" | sed -n 's/["\\\\]/\\\\&/g; s/..*/      "&"/p' | sed '$!s/$/,/'; }
    {
      printf '{\\n  "schema": 1,\\n  "command": "record",\\n  "recording": {\\n'
      printf '    "release": "%s",\\n    "clock": "%s",\\n    "buffer_kib": %s,\\n' "$(uname -r)" "$clock" "$buffer"
      printf '    "probes": [\\n%s\\n    ],\\n' "$(list "$probed")"
      printf '    "vcpu_threads": [\\n%s\\n    ],\\n' "$(list "$threads")"
      [ -z "$interrupted" ] || end='a signal'
      printf '    "end": "%s"\\n  }\\n}\\n' "$end"
    } > "$folder/recording.json"
    echo "gicscope analyze $folder" >&2
    [ -z "$problem" ]

    """

  /// A word in single quotes.
  private static func quoted(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}

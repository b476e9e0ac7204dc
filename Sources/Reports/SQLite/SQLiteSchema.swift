/// The tables of a database of results. Comments stay in the file: `.schema` shows them.
enum SQLiteSchema {
  /// `PRAGMA user_version`: changes with the meaning of a column, not with an addition.
  static let version = 1

  static let tables = """
    CREATE TABLE trace ( -- one row: what was read
      path TEXT, format TEXT, compression TEXT, controller TEXT,
      events INTEGER, first_ns INTEGER, last_ns INTEGER, -- times are ns since the capture's epoch, everywhere
      gaps INTEGER, lost_events INTEGER, skipped INTEGER, damage TEXT -- where and why reading stopped, else NULL
    );
    CREATE TABLE summary ( -- the numbers of the JSON report's "summary"; by class as by_class.SGI and so on
      name TEXT PRIMARY KEY, value INTEGER
    );
    CREATE TABLE interrupts ( -- one row for each time that an interrupt became pending or was acknowledged
      id INTEGER PRIMARY KEY,
      domain INTEGER, -- 0 is the physical controller, n is guest n
      pe INTEGER, -- the PE that acknowledged it, or that it was pending for; NULL if none is known
      intid INTEGER, class TEXT, -- SGI, PPI, SPI, LPI
      cause TEXT, -- why it became pending: line, register, sgi, msi, command, ...
      source_pe INTEGER, -- sender of an SGI
      device_id INTEGER, event_id INTEGER, -- of an LPI
      priority INTEGER, merged INTEGER, -- edges and messages that became part of this one
      pending_ns INTEGER, acknowledged_ns INTEGER, ended_ns INTEGER, deactivated_ns INTEGER, -- NULL where not shown
      pending_event INTEGER, acknowledged_event INTEGER, ended_event INTEGER, deactivated_event INTEGER,
      withdrawn_ns INTEGER, -- when it stopped being pending without an acknowledge
      outcome TEXT, -- ended, withdrawn, acknowledged-again, pending-at-end, active-at-end
      certainty TEXT -- observed, derived, inferred, assumed: the least certain of what it rests on
    );
    CREATE TABLE stages ( -- the spans that the latency distributions are made of
      interrupt INTEGER, -- interrupts.id
      stage TEXT, -- pending_to_acknowledge, acknowledge_to_eoi, acknowledge_to_deactivate, injection_to_eoi, ...
      start_ns INTEGER, duration_ns INTEGER
    );
    CREATE TABLE latency ( -- the JSON report's "latency": percentiles to three digits
      class TEXT, stage TEXT, count INTEGER, min_ns INTEGER, mean_ns INTEGER, max_ns INTEGER,
      p50_ns INTEGER, p90_ns INTEGER, p99_ns INTEGER, p999_ns INTEGER, p9999_ns INTEGER
    );
    CREATE TABLE acknowledges (domain INTEGER, pe INTEGER, intid INTEGER, class TEXT, count INTEGER);
    CREATE TABLE spurious (domain INTEGER, pe INTEGER, reason TEXT, intid INTEGER, count INTEGER);
    CREATE TABLE translations ( -- one row for each MSI
      event INTEGER, time_ns INTEGER, domain INTEGER, device_id INTEGER, event_id INTEGER,
      intid INTEGER, -- NULL if it was not translated
      fault TEXT -- why not; NULL if all went well
    );
    CREATE TABLE mappings ( -- what ITS commands did to the mapping of events to LPIs
      event INTEGER, time_ns INTEGER, domain INTEGER, device_id INTEGER, event_id INTEGER, intid INTEGER,
      mapped INTEGER -- 1 mapped, 0 unmapped
    );
    CREATE TABLE lr_occupancy ( -- a row whenever the number of list registers in use changes on a PE
      domain INTEGER, pe INTEGER, start_ns INTEGER,
      end_ns INTEGER, -- when it changes next; for the last row of a PE the capture's end
      in_use INTEGER
    );
    CREATE TABLE findings ( -- what went wrong, or looks as if it did
      id INTEGER PRIMARY KEY, kind TEXT, severity TEXT, certainty TEXT, domain INTEGER, class TEXT, intid INTEGER,
      device_id INTEGER, event_id INTEGER, pe INTEGER, count INTEGER, first_event INTEGER, last_event INTEGER,
      first_ns INTEGER, last_ns INTEGER, summary TEXT, next TEXT
    );
    CREATE TABLE finding_conditions ( -- the chain of conditions that explains a finding
      finding INTEGER, -- findings.id
      place INTEGER, text TEXT, event INTEGER
    );
    CREATE TABLE gaps (event INTEGER, time_ns INTEGER, pe INTEGER, lost INTEGER); -- lost: 0 if not known
    CREATE TABLE predictions ( -- the model against the capture
      register TEXT, kind TEXT, agreed INTEGER, disagreed INTEGER, taught INTEGER
    );
    """

  /// Only on request: there may be as many rows as the capture has events.
  static let transitions = """
    CREATE TABLE transitions ( -- what the model says followed from each event
      event INTEGER, time_ns INTEGER, kind TEXT, provenance TEXT, domain INTEGER, pe INTEGER, intid INTEGER,
      priority INTEGER, a INTEGER, b INTEGER -- operands, see TransitionKind
    );
    """

  /// Made when the rows are in, which is faster than keeping them up.
  static let indices = """
    CREATE INDEX interrupts_by_intid ON interrupts (intid, pending_ns);
    CREATE INDEX stages_by_interrupt ON stages (interrupt);
    CREATE INDEX translations_by_device ON translations (device_id, event_id);
    """
}

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
    CREATE TABLE acknowledges ( -- how often each PE acknowledged each interrupt
      domain INTEGER, pe INTEGER, intid INTEGER, class TEXT, count INTEGER
    );
    CREATE TABLE spurious ( -- acknowledges that returned a special INTID
      domain INTEGER, pe INTEGER, reason TEXT, -- nothing-pending, line-fell, taken-by-other-pe, ...
      intid INTEGER, -- the interrupt that was there before; NULL if none is known
      count INTEGER
    );
    CREATE TABLE translations ( -- one row for each MSI
      event INTEGER, time_ns INTEGER, domain INTEGER, device_id INTEGER, event_id INTEGER,
      intid INTEGER, -- NULL if it was not translated
      fault TEXT -- why not; NULL if all went well
    );
    CREATE TABLE mappings ( -- what ITS commands did to the mapping of events to LPIs
      event INTEGER, time_ns INTEGER, domain INTEGER, device_id INTEGER, event_id INTEGER, intid INTEGER,
      mapped INTEGER -- 1 mapped, 0 unmapped
    );
    CREATE TABLE lr_occupancy ( -- a row whenever the number of list registers in use changes on a PE, from the first on
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
    CREATE TABLE gaps ( -- where the capture lost events
      event INTEGER, time_ns INTEGER, pe INTEGER, -- NULL: of all PEs
      lost INTEGER -- events; 0 if not known
    );
    CREATE TABLE predictions ( -- the model against the capture
      register TEXT, kind TEXT, -- what was predicted: a register's value, an acknowledged INTID, a line, a table entry
      agreed INTEGER, disagreed INTEGER,
      taught INTEGER, -- answers that told the model what it could not know
      unknown INTEGER -- answers that were one of several that were open, and not the one assumed
    );
    """ + virtual + its + kvm

  /// Guests' interrupts and list registers.
  private static let virtual = """

    CREATE TABLE lr_use ( -- how long each number of list registers was in use: the JSON report's "lr", banks
      domain INTEGER, pe INTEGER, in_use INTEGER,
      time_ns INTEGER, -- all time since list registers were first written or the virtual interface was enabled
      enabled_ns INTEGER, -- of it, with the virtual CPU interface enabled
      entries INTEGER -- entries into a guest after which at most so many were in use
    );
    CREATE TABLE lr_banks ( -- list registers of a PE
      domain INTEGER, pe INTEGER, entries INTEGER, writes INTEGER, fills INTEGER, overwritten INTEGER,
      overflows INTEGER, -- interrupts that found none, as the model of a hypervisor has it
      ends_without_list_register INTEGER, maintenance INTEGER -- maintenance interrupts
    );
    CREATE TABLE virtual_latency ( -- guests' interrupts, as "latency"; the JSON report's "virtual"
      class TEXT, -- by the virtual INTID
      stage TEXT, -- physical_pending_to_listed, listed_to_acknowledge, acknowledge_to_eoi, listed_to_eoi, ...
      count INTEGER, min_ns INTEGER, mean_ns INTEGER, max_ns INTEGER,
      p50_ns INTEGER, p90_ns INTEGER, p99_ns INTEGER, p999_ns INTEGER, p9999_ns INTEGER
    );
    CREATE TABLE guest_interrupts ( -- one row for each time that a guest's interrupt became pending or was listed
      domain INTEGER, -- 0: seen from below, in list registers; n is guest n of a hypervisor's own trace
      pe INTEGER, -- the PE whose list register held it, or the vCPU
      intid INTEGER, class TEXT, -- as the guest sees it
      cause TEXT, source_pe INTEGER, device_id INTEGER, event_id INTEGER, priority INTEGER, merged INTEGER, -- as above
      list_register INTEGER, -- the first that held it
      pending_ns INTEGER, -- injected, or pending for the vPE
      listed_ns INTEGER, -- first put into a list register; of domain 0, where no pending_ns is, this is the start
      acknowledged_ns INTEGER, ended_ns INTEGER, -- by the guest; NULL in domains above 0, where nothing shows them
      deactivated_ns INTEGER, -- in domains above 0: the exit by which it was out of its list register
      pending_event INTEGER, listed_event INTEGER, acknowledged_event INTEGER, ended_event INTEGER,
      deactivated_event INTEGER, withdrawn_ns INTEGER,
      outcome TEXT, -- as above, and listed-again, listed-at-end
      certainty TEXT -- in domains above 0 assumed where nothing but its absence at the next entry tells that it had ended
    );
    CREATE TABLE virtual_interrupts ( -- by virtual INTID
      domain INTEGER, intid INTEGER, acknowledges INTEGER,
      physical_intid INTEGER, -- that it was last linked to; NULL if it never was
      count INTEGER, min_ns INTEGER, mean_ns INTEGER, max_ns INTEGER -- listed, or pending for the vPE, to the guest's end
    );
    """

  /// What ITSes looked up.
  private static let its = """

    CREATE TABLE its_tables ( -- look-ups of an ITS's tables: the JSON report's "its"
      domain INTEGER, its INTEGER, name TEXT, -- device, event, collection, vpe, lpi; kvm: KVM's cache of translations
      look_ups INTEGER, different_entries INTEGER,
      compulsory_misses INTEGER, -- that no cache answers
      sufficient_entries INTEGER -- a cache of so many has only those
    );
    CREATE TABLE its_misses ( -- misses of a fully associative cache of that size, up to the next size of the table
      domain INTEGER, its INTEGER, name TEXT, entries INTEGER, misses INTEGER
    );
    CREATE TABLE its_caches ( -- what caches of real shapes, or of those asked for, would have done
      domain INTEGER, its INTEGER, shape TEXT, ways INTEGER, name TEXT, entries INTEGER, look_ups INTEGER,
      misses INTEGER
    );
    CREATE TABLE its_invalidations ( -- what made entries of the caches invalid
      domain INTEGER, its INTEGER, cause TEXT, count INTEGER, dropped INTEGER, -- entries
      refetched INTEGER -- entries that were looked up again later
    );
    """

  /// Guests, from a hypervisor's own tracing.
  private static let kvm = """

    CREATE TABLE guests ( -- one row for each guest
      domain INTEGER, vcpus INTEGER, entries INTEGER, preempted_ns INTEGER, -- ready to run and not running
      waited_for_register INTEGER -- interrupts that waited for a list register beyond an entry
    );
    CREATE TABLE guest_exits ( -- why guests were left, and for how long: from the exit to the vCPU's next entry
      domain INTEGER, cause TEXT, exits INTEGER, interrupt_related INTEGER,
      count INTEGER, min_ns INTEGER, mean_ns INTEGER, max_ns INTEGER,
      p50_ns INTEGER, p90_ns INTEGER, p99_ns INTEGER, p999_ns INTEGER, p9999_ns INTEGER
    );
    CREATE TABLE guest_delays ( -- delays on an interrupt's way into a guest
      domain INTEGER, stage TEXT, -- injection_to_entry, kick, wake_up, slept, timer_lateness, ...
      count INTEGER, min_ns INTEGER, mean_ns INTEGER, max_ns INTEGER,
      p50_ns INTEGER, p90_ns INTEGER, p99_ns INTEGER, p999_ns INTEGER, p9999_ns INTEGER
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

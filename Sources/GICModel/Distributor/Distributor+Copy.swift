extension Distributor {
  /// An independent copy.
  func copy() -> Distributor {
    var copy = Distributor(control: control)
    copy.status = status
    copy.candidateSummary = candidateSummary
    copy.unseenTriggers = unseenTriggers
    copy.wordCount = wordCount
    copy.knownControl = knownControl
    copy.group.take(group)
    copy.groupModifier.take(groupModifier)
    copy.enabled.take(enabled)
    copy.pending.take(pending)
    copy.active.take(active)
    copy.level.take(level)
    copy.edge.take(edge)
    copy.priority.take(priority)
    copy.router.take(router)
    copy.route.take(route)
    copy.nonSecureAccess.take(nonSecureAccess)
    copy.knownGroup.take(knownGroup)
    copy.knownGroupModifier.take(knownGroupModifier)
    copy.knownEnabled.take(knownEnabled)
    copy.knownPending.take(knownPending)
    copy.knownActive.take(knownActive)
    copy.knownLevel.take(knownLevel)
    copy.knownEdge.take(knownEdge)
    copy.knownPriority.take(knownPriority)
    copy.knownRoute.take(knownRoute)
    copy.candidates.take(candidates)
    copy.touched.take(touched)
    copy.activeOn.take(activeOn)
    return copy
  }
}

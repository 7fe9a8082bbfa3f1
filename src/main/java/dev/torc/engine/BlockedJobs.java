package dev.torc.engine;

/**
 * Gives jobs their final states that do not run in this build for what became of others, and tells
 * of each. It fails none itself.
 */
record BlockedJobs(EventSender sender, UnexpandedGroups groups) {

  /** Rule 8: what waits for a failed job is blocked, and so on; the rest goes on. */
  void behind(BuildState state, int failed) {
    String name = state.graph().name(failed);
    state
        .pending()
        .behind(
            failed,
            job -> {
              if (state.states().of(job) != JobState.WAITING) {
                return false;
              }
              state.states().set(job, JobState.BLOCKED);
              sender.ended(state.graph().name(job), JobState.BLOCKED, name);
              return true;
            },
            group -> groups.block(state, group, name));
  }

  /** Nothing runs and nothing will: what is left was not reached. */
  void abandon(BuildState state) {
    for (int job : state.graph().inOrder(state.context().selection().jobs())) {
      if (!state.states().of(job).isFinal()) {
        state.states().set(job, JobState.NOT_REACHED);
        sender.ended(state.graph().name(job), JobState.NOT_REACHED, "");
      }
    }
  }
}

package dev.torc.engine;

import dev.torc.workflow.Group;

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

  /** Section 4: of a group that cannot be expanded any further no more instances start. */
  void rest(BuildState state, Group group) {
    for (String name : group.instances()) {
      int job = state.graph().jobId(name);
      JobState now = state.states().of(job);
      if (now == JobState.WAITING || now == JobState.READY) {
        state.states().set(job, JobState.BLOCKED);
        sender.ended(name, JobState.BLOCKED, group.name());
        behind(state, job);
      }
    }
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

package dev.torc.core.run;

import dev.torc.core.model.Job;
import java.util.List;

/** All followers of a build as one: calls each, in their order. */
record Followers(List<Follower> all) implements Follower {

  @Override
  public void follow(Event event) {
    for (Follower each : all) {
      each.follow(event);
    }
  }

  @Override
  public boolean mayStart() {
    boolean may = true;
    for (Follower each : all) {
      may &= each.mayStart();
    }
    return may;
  }

  @Override
  public boolean mayStart(int job) {
    boolean may = true;
    for (Follower each : all) {
      may &= each.mayStart(job);
    }
    return may;
  }

  @Override
  public boolean holdsJobs() {
    boolean holds = false;
    for (Follower each : all) {
      holds |= each.holdsJobs();
    }
    return holds;
  }

  @Override
  public String refusal(Job job) {
    String refusal = null;
    for (Follower each : all) {
      refusal = refusal == null ? each.refusal(job) : refusal;
    }
    return refusal;
  }

  @Override
  public boolean refusesAll() {
    boolean refuses = false;
    for (Follower each : all) {
      refuses |= each.refusesAll();
    }
    return refuses;
  }

  @Override
  public void expectLate() {
    for (Follower each : all) {
      each.expectLate();
    }
  }

  @Override
  public void grow() {
    for (Follower each : all) {
      each.grow();
    }
  }

  @Override
  public void noteRun(Attempt attempt, AttemptOutcome outcome) {
    for (Follower each : all) {
      each.noteRun(attempt, outcome);
    }
  }

  @Override
  public void noteRecord(int job, Recorder.Record record) {
    for (Follower each : all) {
      each.noteRecord(job, record);
    }
  }

  @Override
  public void noteUpToDate(int job) {
    for (Follower each : all) {
      each.noteUpToDate(job);
    }
  }

  @Override
  public boolean readsRecords() {
    boolean reads = false;
    for (Follower each : all) {
      reads |= each.readsRecords();
    }
    return reads;
  }

  @Override
  public void proceed() {
    for (Follower each : all) {
      each.proceed();
    }
  }

  @Override
  public boolean isBusy() {
    boolean busy = false;
    for (Follower each : all) {
      busy |= each.isBusy();
    }
    return busy;
  }

  @Override
  public void end(int signal) {
    for (Follower each : all) {
      each.end(signal);
    }
  }
}

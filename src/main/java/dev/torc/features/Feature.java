package dev.torc.features;

import dev.torc.base.digests.DigestMemo;
import dev.torc.base.syntax.Node;
import dev.torc.core.attempt.AttemptPart;
import dev.torc.core.attempt.BuildSetup.AttemptContext;
import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.JobAttempts;
import dev.torc.core.decide.Condition;
import dev.torc.core.model.Job;
import dev.torc.core.model.Template;
import dev.torc.features.reading.MapFields;
import dev.torc.features.reading.Scope;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A feature that jobs ask for by keys of their own: how the keys are read, what they decide, and
 * what they add to an attempt. It keeps nothing itself, since a reading, a command and a build have
 * different lives; what it makes for each of them does. {@code JobFeatures} in {@code front} lists
 * all of them, and loads one when a job has its key.
 */
public interface Feature {

  /** Returns the job with what a key says. Reports what is wrong with it. */
  default Job read(String key, Keys keys, Job read) {
    return read;
  }

  /** Returns what a key decides in a command; null for nothing. */
  default Condition condition(String key, DigestMemo digests) {
    return null;
  }

  /** Returns what a key adds to the attempts of a build; null for nothing. */
  default Parts parts(String key, Building build) {
    return null;
  }

  /**
   * The keys of a job that is read.
   *
   * @param fields all of them, with those of {@code defaults}
   * @param shell the job's shell
   * @param shellText reads a command for it
   * @param of the build file
   */
  record Keys(
      MapFields fields, List<String> shell, Function<Node.Scalar, Template> shellText, Reading of) {

    public boolean has(String key) {
      return fields.map().get(key) != null;
    }
  }

  /**
   * What features know of the build file that is read.
   *
   * @param top its top level
   * @param defaults what is laid under each job
   * @param called the keys that a call asks for
   * @param environments the jobs that make environments, by the names that jobs use
   * @param lack returns which condition of a {@code when} does not hold; null if all do
   */
  record Reading(
      Path root,
      Node.Mapping top,
      Node.Mapping defaults,
      Set<String> called,
      Map<String, Job> environments,
      BiFunction<Node, Scope, String> lack) {}

  /**
   * What features know of a build.
   *
   * @param env the caller's environment
   * @param events the reports
   * @param wantsCommands whether reports show the commands of jobs
   * @param told what has been reported, so that it is reported only once
   */
  record Building(
      Map<String, String> env, Consumer<Event> events, boolean wantsCommands, Set<String> told) {}

  /** What a key adds to the attempts of a build, and what they share. */
  interface Parts extends AutoCloseable {

    /** Returns the part of an attempt; null for none. */
    AttemptPart part(AttemptContext common, int job, JobAttempts attempts);

    /** Returns how far the attempt of a job is; empty if that is not known. */
    default String progress(String job) {
      return "";
    }

    @Override
    default void close() {}
  }
}

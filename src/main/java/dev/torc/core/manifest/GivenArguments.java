package dev.torc.core.manifest;

import dev.torc.core.model.Job;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The arguments behind {@code --}, for the named jobs with {@code {args}}. A job gets them like a
 * variable of the caller, under a name that no variable has, so that all code for variables
 * applies.
 */
public final class GivenArguments {

  /** The name of the placeholder. */
  public static final String SLOT = "args";

  private static final String START = "{" + SLOT + "} ";
  private static final String NEXT = "\0";

  private GivenArguments() {}

  /** Returns the name of the variable with the arguments of a job or group. */
  public static String variable(String job) {
    return START + job;
  }

  /** Returns whether a name is that of a {@link #variable}. */
  static boolean isOf(String name) {
    return name.startsWith(START);
  }

  /** Returns the value of the variable. */
  public static String packed(List<String> words) {
    return String.join(NEXT, words);
  }

  /** Returns the arguments of a job; empty if it gets none. */
  public static List<String> of(Job job, Function<String, Optional<String>> variables) {
    Optional<String> own = variables.apply(variable(job.name()));
    if (own.isEmpty() && job.group() != null) {
      own = variables.apply(variable(job.group()));
    }
    return own.isEmpty() ? List.of() : List.of(own.get().split(NEXT, -1));
  }
}

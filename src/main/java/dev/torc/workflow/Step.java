package dev.torc.workflow;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * One process of a job, in source form. The runner starts it.
 *
 * @param dir the folder to run in, relative to the root ({@code "."} for the root itself)
 * @param env declared environment of workflow, job and task, laid over each other; an empty value
 *     means that the caller's own value counts
 * @param shell the words before the command text, such as {@code [sh, -e, -c]}
 * @param image what it runs in; null for the host
 */
public record Step(
    Command command,
    String dir,
    SortedMap<String, Optional<Template>> env,
    List<String> shell,
    Image image) {

  /** All its texts: the command's and those of its environment. */
  public List<Template> templates() {
    if (env.isEmpty()) {
      return command.templates();
    }
    List<Template> all = new ArrayList<>(command.templates());
    env.values().forEach(value -> value.ifPresent(all::add));
    return all;
  }

  /**
   * A text for the shell, or a list of words executed without one. On the way of a start no {@code
   * switch} goes over its types: see development.md, laws.
   */
  public sealed interface Command {

    /** The text, or the words. */
    List<Template> templates();

    /** Run as {@code shell... text}. */
    record Shell(Template text) implements Command {
      @Override
      public List<Template> templates() {
        return List.of(text);
      }
    }

    /** Executed as it stands; a word that is only a list placeholder becomes several words. */
    record Words(List<Template> words) implements Command {
      @Override
      public List<Template> templates() {
        return words;
      }
    }
  }
}

package dev.torc.bench;

import java.io.IOException;
import java.util.List;

/**
 * A measurement of all tools: what is done to a graph before each run, and what then has to run.
 *
 * @param name the name that the option {@code --cases} takes
 * @param title the case in words
 * @param rounds how many runs of each tool count
 * @param targets what the issue asks of torc for a graph of this size
 */
record Case(String name, String title, Graph graph, Step step, int rounds, List<Target> targets) {

  /** What happens before a run. */
  enum Step {
    /** The products and all that the tool remembers are removed. */
    FULL,
    /** Nothing is changed. */
    NOTHING,
    /** The graph's edit is made. */
    EDIT,
    /** All sources get a new time. */
    TOUCH
  }

  Case {
    targets = List.copyOf(targets);
  }

  /** How many jobs a tool has to run; the products that it writes show how many it ran. */
  int expected(Tool tool) {
    int all = graph.rules().size();
    return switch (step) {
      case FULL -> all;
      case NOTHING -> 0;
      case EDIT -> tool.goesByTime() ? graph.edit().jobsByTime() : graph.edit().jobsByContent();
      case TOUCH -> tool.goesByTime() ? all : 0;
    };
  }

  /** Makes the change that precedes a round's run. */
  void prepare(Layout layout, int round) throws IOException {
    switch (step) {
      case FULL -> layout.forget();
      case NOTHING -> {}
      case EDIT -> layout.edit(round);
      case TOUCH -> layout.touch();
    }
  }
}

package dev.torc.bench;

import java.io.IOException;
import java.util.List;

/**
 * One question to all tools: what is done with a graph before each run, and what then has to run.
 *
 * @param name as the option takes it
 * @param title in words
 * @param rounds how many runs of each tool count
 * @param targets of the issue, for this very size
 */
record Case(String name, String title, Graph graph, Step step, int rounds, List<Target> targets) {

  /** What happens before a run. */
  enum Step {
    /** Products and the tool's memory are removed. */
    FULL,
    /** Nothing. */
    NOTHING,
    /** The graph's edit is made. */
    EDIT,
    /** All sources get a new time. */
    TOUCH
  }

  Case {
    targets = List.copyOf(targets);
  }

  /** How many jobs a tool has to run, seen by the products that it writes. */
  int expected(Tool tool) {
    int all = graph.rules().size();
    return switch (step) {
      case FULL -> all;
      case NOTHING -> 0;
      case EDIT -> tool.goesByTime() ? graph.edit().jobsByTime() : graph.edit().jobsByContent();
      case TOUCH -> tool.goesByTime() ? all : 0;
    };
  }

  /** Makes the change of a round. */
  void prepare(Layout layout, int round) throws IOException {
    switch (step) {
      case FULL -> layout.forget();
      case NOTHING -> {}
      case EDIT -> layout.edit(round);
      case TOUCH -> layout.touch();
    }
  }
}

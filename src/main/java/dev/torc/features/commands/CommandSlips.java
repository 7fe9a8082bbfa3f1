package dev.torc.features.commands;

import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.core.decide.CommandWords;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.decide.ToolSearch;
import dev.torc.core.model.FoldedLines;
import dev.torc.core.model.Job;
import dev.torc.core.model.Step;
import java.util.List;

/**
 * Writes the warnings of rule 14 about commands that a shell takes otherwise than they are meant.
 * Each line is given only once. The caller chooses the jobs whose commands are new.
 */
public final class CommandSlips {

  private final FoldedLines lines = new FoldedLines();

  public List<Diagnostic> of(PlanContext context, int[] jobs) {
    ToolSearch tools = context.contents().machine().tools();
    for (int id : jobs) {
      Job job = context.graph().job(id);
      for (Step step : job.runs().steps()) {
        CommandWords words = new CommandWords(step.command(), step.shell());
        add(job, "spelling", OtherSpellings.in(words, step, tools));
        add(job, "folder", new FolderTargets(context.graph(), job, step, words).line());
      }
    }
    return lines.takeNewLines();
  }

  private void add(Job job, String key, String text) {
    if (text != null && !lines.counts(job, key)) {
      lines.add(job, key, job.place(), "job ", text);
    }
  }
}

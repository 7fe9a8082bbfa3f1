package dev.torc.cli;

import dev.torc.report.Answer;
import dev.torc.report.JsonWriter;
import dev.torc.session.Project;
import dev.torc.session.ProjectFolder;
import dev.torc.syntax.BadInput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A command of torc. {@link Main} reads its options and calls it; {@link Commands} names it. */
abstract class Command {

  final CommonOptions common = new CommonOptions();

  /** Names and files that the user gave, where the command takes any. */
  final List<String> targets = new ArrayList<>();

  private BadInput refused;

  /** One line for the help. */
  abstract String description();

  /** Tells the options and words of this command, beside those of all commands. */
  void declare(Options options) {}

  /** The project that the options mean; see {@link Project#load}. */
  final Project project(Console console) throws IOException {
    return Project.load(console.caller(), common.project(console));
  }

  /**
   * The same for a command that works from the records where the build file is refused (rule 13):
   * then standard error says why.
   *
   * @param particular whether it cannot this time, so that the refusal is thrown
   */
  final ProjectFolder folder(Console console, boolean particular) throws IOException {
    ProjectFolder folder = ProjectFolder.find(console.caller(), common.project(console));
    if (folder.refused() != null && particular) {
      throw folder.refused();
    }
    refused = folder.refused();
    if (refused != null) {
      console.tellAll(ErrorMessage.of(refused).lines());
    }
    return folder;
  }

  /** Prints an answer: text on standard output, or one JSON document. */
  final void print(Console console, Answer answer) throws IOException {
    if (common.json()) {
      JsonWriter.document(
          console.out(),
          json -> {
            answer.json(json);
            if (refused != null) {
              json.diagnostics("errors", refused.diagnostics());
            }
          });
    } else {
      console.print(answer.text(console.outPalette(common.color())));
    }
  }

  /**
   * Does it and returns the exit status. Bad input, trouble with files and defects are thrown:
   * {@link ErrorMessage} knows what to say of them.
   *
   * @param console stands in the folder that {@code -C} names
   */
  abstract int run(Console console) throws IOException;
}

package dev.torc.cli;

import dev.torc.ask.Answer;
import dev.torc.session.Exit;
import dev.torc.session.Project;
import dev.torc.session.ProjectFolder;
import dev.torc.syntax.BadInput;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A command of torc. {@link Main} reads its options and calls it; {@link Commands} names it. */
abstract class Command {

  final CommonOptions common = new CommonOptions();

  /** Names and files that the user gave, where the command takes any. */
  final List<String> targets = new ArrayList<>();

  /** Whether each instance of a group is told of by itself. */
  boolean instances;

  /** The words of the command line behind its name. */
  List<String> given = List.of();

  /** The folder in which these mean what they say. */
  Path from;

  private String description = "";
  private BadInput refused;

  /** One line for the help. */
  String description() {
    return description;
  }

  final Command described(String line) {
    description = line;
    return this;
  }

  /** Tells the options and words of this command, beside those of all commands. */
  void declare(Options options) {}

  /** The words of a command that is about all jobs where there is none. */
  final void declareTargets(Options options) {
    String words = "job, group, instance, tag or produced file; all jobs without one";
    options.words("TARGET", words, 0, targets::add);
  }

  /** The option, under some names, that unfolds groups. */
  final void declareInstances(Options options, String names) {
    String description = "show each instance of a group on its own line";
    options.flag(names, description, () -> instances = true);
  }

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

  /**
   * Prints an answer, text with the lines beside it or one JSON document, and returns the exit
   * status; null is that of a command that may not wait for another build.
   */
  final int print(Console console, Answer answer) throws IOException {
    if (answer == null) {
      return Exit.LOCKED;
    }
    if (common.json()) {
      answer.write(console.out(), refused);
      return answer.exit();
    }
    console.print(answer.text(console.outPalette(common.color())));
    if (!answer.beside().isEmpty()) {
      console.out().flush();
      console.tellAll(answer.beside());
    }
    return answer.exit();
  }

  /**
   * Does it and returns the exit status. Bad input, trouble with files and defects are thrown:
   * {@link ErrorMessage} knows what to say of them.
   *
   * @param console stands in the folder that {@code -C} names
   */
  abstract int run(Console console) throws IOException;
}

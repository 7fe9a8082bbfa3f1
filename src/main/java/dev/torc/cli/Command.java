package dev.torc.cli;

import dev.torc.session.Project;
import dev.torc.session.ProjectFolder;
import java.io.IOException;

/** A command of torc. {@link Main} reads its options and calls it; {@link Commands} names it. */
abstract class Command {

  final CommonOptions common = new CommonOptions();

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
  final ProjectFolder site(Console console, boolean particular) throws IOException {
    ProjectFolder site = ProjectFolder.find(console.caller(), common.project(console));
    if (site.refused() != null && particular) {
      throw site.refused();
    }
    if (site.refused() != null) {
      for (String line : ErrorMessage.of(site.refused()).lines()) {
        console.tell(line);
      }
    }
    return site;
  }

  /**
   * Does it and returns the exit status. Bad input, trouble with files and defects are thrown:
   * {@link ErrorMessage} knows what to say of them.
   *
   * @param console stands in the folder that {@code -C} names
   */
  abstract int run(Console console) throws IOException;
}

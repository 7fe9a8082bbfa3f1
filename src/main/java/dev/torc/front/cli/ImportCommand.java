package dev.torc.front.cli;

import dev.torc.base.posix.RandomId;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.base.syntax.Place;
import dev.torc.base.text.Amount;
import dev.torc.base.text.SafeText;
import dev.torc.front.ask.Call;
import dev.torc.front.importing.Imported;
import dev.torc.front.project.Project;
import dev.torc.front.session.Exit;
import dev.torc.front.show.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * {@code torc import}: converts a workflow file of NREL torc to a build file. It overwrites no
 * file, and writes the build file only if torc accepts all of it.
 */
final class ImportCommand {

  private ImportCommand() {}

  static int run(Call call) throws IOException {
    InitCommand.refuseOver(call, "import");
    Console console = call.console();
    String file = call.targets().getFirst();
    Imported imported = Imported.of(console.cwd().resolve(file), file, console.cwd());
    Path draft = console.cwd().resolve(".torc-import-" + RandomId.next() + ".yaml");
    int jobs;
    try {
      Files.writeString(draft, imported.text(), StandardOpenOption.CREATE_NEW);
      jobs = countJobs(draft, file, imported);
      InitCommand.write(console.cwd(), Map.of("torc.yaml", imported.text()), "import");
    } finally {
      Files.deleteIfExists(draft);
    }
    imported.notes().forEach(console::warn);
    int count = imported.notes().size();
    String warnings = count == 0 ? "" : ", " + Amount.count(count, "warning") + " above";
    String wrote = SafeText.name(console.cwd().resolve("torc.yaml").toString());
    String what = ": " + Amount.count(jobs, "job") + warnings;
    console.tell("wrote " + wrote + what + "; next: torc check");
    return Exit.DONE;
  }

  /**
   * Returns the number of jobs in the draft, which is read like any build file; errors name places
   * in the source file.
   */
  private static int countJobs(Path draft, String file, Imported imported) throws IOException {
    try {
      return Project.jobs(draft);
    } catch (BadInput refused) {
      List<Diagnostic> told = new ArrayList<>();
      for (Diagnostic each : refused.diagnostics()) {
        Place place = imported.placeOf(each.place().line());
        String said = each.message().replace(draft.getFileName().toString(), "torc.yaml");
        told.add(
            new Diagnostic(
                place.equals(Place.NONE) ? new Place(file, 0, 0) : place,
                "what this becomes is refused, so nothing is written: " + said));
      }
      throw new BadInput(told);
    }
  }
}

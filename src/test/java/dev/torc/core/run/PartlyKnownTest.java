package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.core.model.GraphBuilder;
import dev.torc.core.model.Group;
import dev.torc.core.model.Grouped;
import dev.torc.core.model.Workflow;
import dev.torc.front.project.Project;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A group some of whose instances are known, as {@code -n} and {@code status} tell of it. */
class PartlyKnownTest extends Harness {

  /** The project where the maker of the group's last instances has yet to run. */
  private Project partly(int known) throws IOException {
    given(
        """
        detect: { command: 'look {f}', parameters: { f: [a, b] }, produces: 'found/{f}' }
        measure: { command: 'size {g}', parameters: { g: { from: 1, to: %d } }, produces: 'm/{g}' }
        sum: { command: sum, needs: [{ job: measure }], produces: sum }
        """
            .formatted(known));
    Project whole = load();
    Workflow all = whole.workflow();
    List<Group> groups = new ArrayList<>(all.groups());
    Group group = groups.get(1);
    groups.set(
        1,
        Grouped.group(
            group.name(),
            group.place(),
            group.parameters(),
            group.instances(),
            List.of("detect/f=b"),
            List.of()));
    Workflow now = Grouped.with(all, all.jobs(), groups, all.starts());
    return new Project(
        whole.caller(),
        whole.options(),
        GraphBuilder.build(now),
        whole.place(),
        _ -> now,
        whole.containers(),
        whole.modules(),
        whole.reused(),
        whole.buildFiles());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theKnownOnesCountAsEverAndAllOthersAsOne(boolean instances) throws IOException {
    Project project = partly(12);
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    call(out, err, "build").printForecast(session(project, true), instances);
    String text = out.toString();
    assertEquals(instances, !text.contains("measure (12 of 12) will run: first run\n"), text);
    long lines = text.lines().filter(line -> !line.startsWith("    ")).count(); // not the commands
    assertEquals(instances ? 16 : 5, lines, text);
    assertEquals(
        1, text.lines().filter("measure may run: more after detect/f=b"::equals).count(), text);
    assertEquals("16 jobs: 15 will run, 1 may run, 0 up to date\n", err.toString());
  }
}

package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Rule 16: the suspects of a restored product are the jobs that ran since it was restored. */
class Rule16RestoredTest extends Harness {

  /** Stubs last a nanosecond, so only a test in Java can give a run a long time. */
  @Test
  void aProductThatIsDeletedAfterItsRestoreHasSuspectsHoweverLongItsFirstRunTook() {
    restores = true;
    given(
        """
        a: { command: make a, needs: [x], produces: [p] }
        b: { command: make b, needs: [y], produces: [q] }
        """);
    job(
        "a",
        stub -> {
          work(stub);
          return stub.exit(0, TimeUnit.HOURS.toNanos(1));
        });
    for (int i = 1; i <= 2; i++) {
      edit("x", "" + i);
      edit("y", "1");
      build();
    }
    job(
        "b",
        stub -> {
          over("a");
          delete("p");
          return work(stub);
        });
    edit("x", "1");
    edit("y", "2");
    build();
    assertEquals(1, exit);
    assertEquals(
        List.of(
            "product p of a was deleted while b ran;"
                + " put both commands into one job (tasks), or write to another file"),
        events.stream()
            .filter(Event.JobUndone.class::isInstance)
            .map(each -> ((Event.JobUndone) each).failure().details().what())
            .toList());
  }
}

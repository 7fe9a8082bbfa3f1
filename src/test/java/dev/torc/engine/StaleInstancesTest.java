package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What is left of a job that is gone is no source, so a group that looks at files has no instance
 * for it, whether anything has to run or not.
 */
class StaleInstancesTest extends Harness {

  private static final String COUNT =
      "count: { command: 'c {f}', parameters: { f: { glob: 'in/*' } }, produces: 'out/{f:name}' }\n"
          + "pair: { command: 'd {n}', match: 'in/{n}', produces: 'two/{n}' }\n";

  @Test
  void aProductThatNoJobDeclaresAnyMoreIsNoSourceOfAGroup() {
    edit("in/x", "1");
    given("make: { command: a, produces: in/made }\n" + COUNT);
    build().ran("make", "count/f=in%2Fmade", "count/f=in%2Fx", "pair/n=made", "pair/n=x");
    given(COUNT);
    assertEquals(Set.of("count/f=in%2Fx", "pair/n=x"), look().keySet());
    settled();
    edit("in/made", "mine");
    build().ran("count/f=in%2Fmade", "pair/n=made");
    settled();
  }
}

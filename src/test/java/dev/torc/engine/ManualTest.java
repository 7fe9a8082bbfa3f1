package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.torc.syntax.BadInput;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Manual jobs run only as targets, or where something that will be built needs them. */
class ManualTest extends Harness {

  private void given() {
    given(
        """
        site: { command: make site, needs: [x], produces: [site.out] }
        deploy:
          command: make deploy
          needs: [site.out]
          produces: [done.out]
          manual: true
          tags: ship
        """);
    edit("x", "1");
  }

  @Test
  void withoutATargetItIsLeftOut() {
    given();
    assertEquals(Map.of("site", "will run: never ran"), look());
    build().ran("site");
    assertEquals(Map.of("site", "up to date"), look());
    build().ran();
    force = true;
    build().ran("site");
  }

  @ParameterizedTest
  @ValueSource(strings = {"deploy", "ship", "done.out"})
  void asATargetItRuns(String target) {
    given();
    build(target).ran("site", "deploy");
    edit("x", "2");
    build().ran("site");
    assertEquals("up to date", look().get("site"));
    assertEquals("will run: need changed site.out", look("deploy").get("deploy"));
    build(target).ran("deploy");
    build(target).ran();
  }

  @Test
  void whatWillBeBuiltMayNeedIt() {
    given(
        """
        tool: { command: make tool, produces: [tool.out], manual: true }
        use: { command: make use, needs: [tool.out], produces: [use.out] }
        alone: { command: make alone, manual: true }
        """);
    build().ran("tool", "use");
    assertEquals(Map.of("tool", "up to date", "use", "up to date"), look());
  }

  @Test
  void aGroupIsManualWithAllItsInstances() {
    given(
        """
        bench: { command: 'make {n}', parameters: { n: [1, 2] }, manual: true }
        other: { command: make }
        """);
    build().ran("other");
    build("bench/n=1").ran("bench/n=1");
    build("bench").ran("bench/n=1", "bench/n=2");
    build().ran();
  }

  @ParameterizedTest
  @ValueSource(strings = {"deploy", "ship", "deploy/to=a", "deploy/to=*"})
  void whatMakesNothingRunsEachTimeItIsNamed(String target) {
    restores = true;
    given(
        """
        site: { command: make site, needs: [x], produces: [site.out] }
        deploy:
          command: 'copy {to}'
          parameters: { to: [a] }
          needs: [site.out]
          manual: true
          tags: ship
        """);
    edit("x", "1");
    String deploy = "deploy/to=a";
    build(target).ran("site", deploy);
    assertEquals("will run: named", look(target).get(deploy));
    build(target).ran(deploy);
    assertEquals("named", why(deploy));
    build(target).ran(deploy);
    assertEquals(Map.of("site", "up to date"), look());
    build().ran();
    edit("x", "2");
    build(target).ran("site", deploy);
    assertEquals("named; need changed site.out", why(deploy));
    force = true;
    assertEquals("will run: forced", look(target).get(deploy));
  }

  @Test
  void whatMakesNothingRunsForAReaderOnlyWhereItHasTo() {
    given(
        """
        migrate: { command: make db, needs: [x], manual: true }
        site: { command: make site, needs: [{ job: migrate }], produces: [site.out] }
        """);
    edit("x", "1");
    build().ran("migrate", "site");
    build().ran();
    build("site").ran();
    build("migrate", "site").ran("migrate");
  }

  @Test
  void instancesThatTheBuildFindsRunEachTimeToo() {
    given(
        """
        make: { command: make, needs: [x], produces: ['m/*.o'] }
        bench: { command: 'time {f}', parameters: { f: { products: make } }, manual: true }
        """);
    edit("x", "1");
    build("bench").ran("make", "bench/f=m%2Fone.o");
    build("bench").ran("bench/f=m%2Fone.o");
    edit("x", "2");
    build("bench").ran("make", "bench/f=m%2Fone.o");
  }

  @Test
  void aGroupWhoseInstancesAreNotKnownIsLeftOutToo() {
    given(
        """
        make: { command: make, produces: ['m/*.o'] }
        bench:
          command: 'make {f}'
          parameters: { f: { products: make } }
          produces: '{f:stem}.bench'
          manual: true
        """);
    assertEquals(Map.of("make", "will run: never ran"), look());
    build().ran("make");
    build().ran();
    assertEquals(Map.of("make", "up to date"), look());
    build("bench").ran("bench/f=m%2Fone.o");
    build().ran();
  }

  @Test
  void itsMissingSourcesAreNoErrorUntilItIsATarget() {
    given("a: { command: make, needs: [gone], manual: true }\nb: { command: make }");
    build().ran("b");
    assertThrows(BadInput.class, () -> build("a"));
  }
}

package dev.torc.base.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** The record belongs to the process, so no test beside this one may ask anything. */
@Isolated
class QuestionsTest {

  @Test
  void twoCallsAtOnceLeaveNoMemo() {
    Questions first = Questions.begin();
    first.settle(Path.of("/"));
    Questions second = Questions.begin();
    second.settle(Path.of("/"));
    assertNull(first.root());
    assertNull(second.root());
    first.end();
    second.end();
    assertNull(Questions.here());
    Questions third = Questions.begin();
    third.settle(Path.of("/"));
    Questions.look(Path.of("/"), true);
    assertEquals(Path.of("/"), third.root());
    third.end();
  }

  @Test
  void aDoubtEndsTheRecording() {
    Questions asked = Questions.begin();
    Questions.look(Path.of("/"), true);
    assertEquals(1, asked.answers(Questions.Depth.FOLLOWED).size());
    Questions.doubt("it depends on the moon");
    Questions.look(Path.of("/tmp"), true);
    assertEquals(0, asked.answers(Questions.Depth.FOLLOWED).size());
    assertEquals("it depends on the moon", asked.doubt());
    asked.end();
  }
}

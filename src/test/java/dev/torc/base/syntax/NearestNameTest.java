package dev.torc.base.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.front.buildfile.JobFeatures;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class NearestNameTest {

  @Test
  void nothingNearIsNothing() {
    assertNull(NearestName.to("zebra", JobFeatures.JOB));
    assertEquals("", NearestName.hint("zebra", JobFeatures.JOB));
    assertEquals("; did you mean needs?", NearestName.hint("need", List.of("needs", "after")));
  }

  @Property
  void distanceIsSymmetricAndZeroOnlyForEqual(
      @ForAll @AlphaChars @StringLength(max = 8) String a,
      @ForAll @AlphaChars @StringLength(max = 8) String b) {
    int distance = NearestName.distance(a, b);
    assertEquals(distance, NearestName.distance(b, a));
    assertEquals(a.equals(b), distance == 0);
    assertTrue(distance <= Math.max(a.length(), b.length()));
  }
}

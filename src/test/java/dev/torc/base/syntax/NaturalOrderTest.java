package dev.torc.base.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Checks that the natural order is a total order; {@code testdata/words/patterns.txt} shows the
 * order.
 */
class NaturalOrderTest {

  private final NaturalOrder order = new NaturalOrder();

  @Provide
  Arbitrary<String> paths() {
    return Arbitraries.strings().withChars("0159..v/aé\ud83d\ude00").ofMaxLength(8);
  }

  @Property(tries = 20_000)
  void isTotal(@ForAll("paths") String a, @ForAll("paths") String b, @ForAll("paths") String c) {
    int ab = order.compare(a, b);
    assertEquals(Integer.signum(ab), -Integer.signum(order.compare(b, a)));
    assertEquals(a.equals(b), ab == 0);
    if (ab < 0 && order.compare(b, c) < 0) {
      assertTrue(order.compare(a, c) < 0, a + " < " + b + " < " + c);
    }
  }
}

package dev.torc.core.attempt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Each name of a job gives the name of a file, and no two give the same. */
class JobFilesTest {

  @Test
  void mostNamesStayAsTheyAre() {
    for (String name : new String[] {"work2", "a.o", "a..b", "lr=0.1,seed=3", "x+y-z_"}) {
      assertEquals(name, JobFiles.name(name));
    }
  }

  @Test
  void theRestIsEncodedByteByByte() {
    assertEquals("lib%2Fa.o", JobFiles.name("lib/a.o"));
    assertEquals("%2Ehidden", JobFiles.name(".hidden"));
    assertEquals("%2E.", JobFiles.name(".."));
    assertEquals("%C3%A9%25%0A%7F", JobFiles.name("é%\n\u007f"));
  }

  @Test
  void theLogOfTheHooksHasItsOwn() {
    assertEquals("%68ooks", JobFiles.name("hooks"));
    assertEquals("%2568ooks", JobFiles.name("%68ooks"));
  }

  @Test
  void longOnesEndInADigest() {
    String one = JobFiles.name("x".repeat(150) + "1");
    String two = JobFiles.name("x".repeat(150) + "2");
    assertTrue(one.length() <= 170 && one.startsWith("xxx") && one.charAt(150) == '~', one);
    assertNotEquals(one, two);
    assertEquals("y".repeat(150), JobFiles.name("y".repeat(150)));
  }
}

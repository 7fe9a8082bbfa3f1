package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Rule 6: the commands that write their own inputs. {@code rule06-moved} has the lines. */
class OwnInputsTest {

  @Test
  void eachCommandOfTheTableHasOneThatLeavesItsInputs() {
    for (List<String> row : OwnInputs.COMMANDS) {
      String own = row.getFirst();
      assertEquals(row.getLast(), OwnInputs.instead("cd web && " + own + " --quiet"));
      assertEquals(row.getLast(), OwnInputs.instead(own));
      assertNull(OwnInputs.instead(row.getLast()));
      assertNull(OwnInputs.instead(own + "er x"));
    }
  }
}

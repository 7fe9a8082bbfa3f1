package dev.torc.base.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RandomIdTest {

  @Test
  void isARandomUuidAndNeverTheSame() {
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      String id = RandomId.next();
      UUID uuid = UUID.fromString(id);
      assertEquals(4, uuid.version(), id);
      assertEquals(2, uuid.variant(), id);
      assertEquals(uuid.toString(), id);
      ids.add(id);
    }
    assertEquals(100, ids.size());
  }
}

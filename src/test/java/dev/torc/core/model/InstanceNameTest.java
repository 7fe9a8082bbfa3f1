package dev.torc.core.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.syntax.Place;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import org.junit.jupiter.api.Test;

class InstanceNameTest {

  private static String name(String group, Map<String, String> values) {
    return new InstanceName(group, new TreeMap<>(values)).toString();
  }

  @Test
  void theOrderOfParametersIsNothing() {
    assertEquals("train/lr=0.1,seed=3", name("train", Map.of("seed", "3", "lr", "0.1")));
    assertEquals(
        InstanceName.parse("train/lr=0.1,seed=3"), InstanceName.parse("train/seed=3,lr=0.1"));
  }

  @Property
  void encodingGoesThereAndBack(@ForAll String value) {
    if (value.codePoints().noneMatch(c -> c >= 0xD800 && c < 0xE000)) {
      String encoded = InstanceName.encode(value);
      assertEquals(value, InstanceName.decode(encoded));
      assertTrue(encoded.chars().noneMatch(c -> "/,= \n\t".indexOf(c) >= 0), encoded);
    }
  }

  @Property
  void aNameIsReadAsItWasWritten(
      @ForAll @Chars({'/', ',', '=', '%', ' ', 'a', '2', 'F', '\n', 'é'}) String first,
      @ForAll @Chars({'/', ',', '=', '%', ' ', 'a', '2', 'F'}) String second) {
    InstanceName name =
        new InstanceName("g/h", new TreeMap<>(Map.of("a", first, "b-" + first, second)));
    assertEquals(name, InstanceName.parse(name.toString()));
  }

  @Test
  void aNameWithoutValuesIsAGroups() {
    for (String text : List.of("train", "a/b", "a/b=c,d", "/x=1", "a/x=1,x=2", "a/=b")) {
      assertEquals(new InstanceName(text, new TreeMap<>()), InstanceName.parse(text));
    }
  }

  @Test
  void aSlashOrBlankInAValueMayStandAsItIs() {
    assertEquals(
        new InstanceName("a", new TreeMap<>(Map.of("file", "data/x y=1.csv"))),
        InstanceName.parse("a/file=data/x y=1.csv"));
  }

  @Test
  void anUnknownParameterIsToldWithASuggestion() {
    Group train =
        new Group(
            "train",
            Place.NONE,
            List.of("rate", "seed"),
            List.of(),
            new Group.Further(List.of(), List.of(), List.of(), List.of(), false),
            new Group.Sources(List.of(), "", List.of(), false, Group.Columns.NONE),
            List.of());
    assertEquals(
        "train has no parameter raet; did you mean rate?",
        InstanceName.parse("train/raet=1,seed=2").unknownParameter(train));
    assertEquals(
        "train has no parameter x; it has rate, seed",
        InstanceName.parse("train/x=1").unknownParameter(train));
    assertNull(InstanceName.parse("train/seed=1").unknownParameter(train));
  }
}

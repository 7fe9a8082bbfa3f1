package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page about stories has each verb of {@link Story}, with an example from a story. */
class StoriesPageTest {

  private static final Pattern VERB = Pattern.compile("case \"([\\w-]+)\"");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([\\w-]+).*\\| `(.*)` \\|$");

  @Test
  void eachVerbHasAnExampleThatIsPlayed() throws IOException {
    String reader = Files.readString(Path.of("src/test/java/dev/torc/core/run/Story.java"));
    Set<String> verbs =
        VERB.matcher(reader).results().map(found -> found.group(1)).collect(Collectors.toSet());
    verbs.add("attempt");
    String stories = "";
    try (Stream<Path> files = Files.list(Path.of("testdata", "stories"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        stories += Files.readString(file);
      }
    }
    Set<String> told = new TreeSet<>();
    List<String> untrue = new ArrayList<>();
    for (MatchResult row : ROW.matcher(Page.of("stories.md").prose()).results().toList()) {
      told.add(row.group(1));
      if (!stories.contains(row.group(2))) {
        untrue.add(row.group());
      }
    }
    assertEquals(new TreeSet<>(verbs), told);
    assertEquals(List.of(), untrue);
  }
}

package dev.torc.features.packages;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which build files above one are read whole to find out whether they have it as a package. */
class MembersTest {

  @TempDir Path root;

  @BeforeEach
  void member() throws IOException {
    put("packages/ui/torc.yaml", "jobs: {}");
    put("packages/api/torc.yaml", "include: [{ file: deep/torc.yaml, as: deep }]");
    put("packages/api/deep/torc.yaml", "jobs: {}");
    Files.createSymbolicLink(root.resolve("link"), root.resolve("packages"));
  }

  private void put(String name, String text) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          include: 'packages/*/torc.yaml'                         | packages/ui/torc.yaml       | true
          include: ['packages/{ui,web}/torc.yaml']                | packages/ui/torc.yaml       | true
          include: ['packages/w*/torc.yaml']                      | packages/ui/torc.yaml       | false
          include: [{ file: packages/ui/torc.yaml, as: ui }]      | packages/ui/torc.yaml       | true
          include: [{ file: link/ui/torc.yaml, as: ui }]          | packages/ui/torc.yaml       | true
          include: [{ file: packages/api/torc.yaml, as: api }]    | packages/ui/torc.yaml       | false
          include: [{ file: packages/api/torc.yaml, as: api }]    | packages/api/deep/torc.yaml | true
          include: packages/none.yaml                             | packages/ui/torc.yaml       | false
          jobs: { a: { command: include } }                       | packages/ui/torc.yaml       | false
          include: [                                              | packages/ui/torc.yaml       | true
          """)
  void onlyFilesWhoseIncludeLeadsToAMemberAreReadForIt(String above, String member, boolean may)
      throws IOException {
    put("torc.yaml", above);
    assertEquals(may, Members.mayHave(root.resolve("torc.yaml"), root.resolve(member)));
  }

  @Test
  void aFileThatIncludesItselfEnds() throws IOException {
    put("torc.yaml", "include: torc.yaml");
    assertEquals(
        false, Members.mayHave(root.resolve("torc.yaml"), root.resolve("packages/ui/torc.yaml")));
  }
}

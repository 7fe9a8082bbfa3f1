package dev.torc.core.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.ShellText.Quote;
import dev.torc.core.model.Template.Part;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class TemplateTest {

  private static final Place PLACE = new Place("f", 1, 2);

  private static Part.Slot slot(Quote quote) {
    return new Part.Slot("needs", -1, null, quote, PLACE);
  }

  private static Template template(Part... parts) {
    return new Template(List.of(parts));
  }

  @Test
  void declaredShowsSlotsAsWritten() {
    Template template =
        template(
            new Part.Text("cat "),
            slot(Quote.BARE),
            new Part.Text(" > "),
            new Part.Slot("produces", 0, null, Quote.BARE, PLACE),
            new Part.Slot("needs", -1, "a", Quote.BARE, PLACE));
    assertEquals("cat {needs} > {produces[0]}{needs.a}", template.declared());
  }

  @Test
  void declaredKeepsTextThatLooksLikeASlotApart() {
    assertEquals("{{needs}", Template.of("{needs}").declared());
    assertEquals("awk {print}", Template.of("awk {print}").declared());
    assertEquals("{{{needs}", template(new Part.Text("{"), slot(Quote.BARE)).declared());
  }

  @Test
  void shownHasHereWithoutItsFolder() {
    Part.Slot here = new Part.Slot("here", -1, "modules/qc", Quote.BARE, PLACE);
    Template template = template(new Part.Text("sh {"), here, new Part.Text("/x {here.a} {here.}"));
    assertEquals("sh {{{here.modules/qc}/x {{here.a} {{here.}", template.declared());
    assertEquals("sh {{here}/x {here.a} {here.}", Template.shown(template.declared()));
    assertEquals("{here.x", Template.shown("{here.x"));
  }

  @Property(tries = 3000)
  void shownIsAsItRunsButForSlots(@ForAll("parts") List<Part> parts) {
    StringBuilder runs = new StringBuilder();
    parts.forEach(part -> runs.append(part instanceof Part.Text t ? t.text() : part.toString()));
    assertEquals(runs.toString(), Template.shown(new Template(parts).declared()));
  }

  @Provide
  Arbitrary<List<Part>> parts() {
    Arbitrary<Part> text =
        Arbitraries.of("{", "}", "needs", "{needs}", "[0]", "a", "{{", "cpus").map(Part.Text::new);
    Arbitrary<Part> slot =
        Arbitraries.of(
            slot(Quote.BARE),
            new Part.Slot("needs", 0, null, Quote.BARE, PLACE),
            new Part.Slot("cpus", -1, null, Quote.BARE, PLACE));
    return Arbitraries.oneOf(text, text, slot).list().ofMaxSize(5).map(TemplateTest::joined);
  }

  /** Joins neighbouring texts into one, as a template has them. */
  private static List<Part> joined(List<Part> parts) {
    List<Part> out = new ArrayList<>();
    for (Part part : parts) {
      if (part instanceof Part.Text t
          && !out.isEmpty()
          && out.getLast() instanceof Part.Text last) {
        out.set(out.size() - 1, new Part.Text(last.text() + t.text()));
      } else {
        out.add(part);
      }
    }
    return out;
  }

  @Property(tries = 3000)
  void declaredIsInjective(@ForAll("parts") List<Part> a, @ForAll("parts") List<Part> b) {
    if (a.equals(b)) {
      assertEquals(new Template(a).declared(), new Template(b).declared());
    } else {
      assertNotEquals(new Template(a).declared(), new Template(b).declared());
    }
  }

  @Test
  void renderJoinsQuotedValuesByBlanks() {
    Template template = template(new Part.Text("cat "), slot(Quote.BARE), new Part.Text("!"));
    assertEquals("cat a 'b c' ''!", template.render(s -> List.of("a", "b c", "")));
    assertEquals("cat !", template.render(s -> List.of()));
  }

  @Test
  void aValueThatNeedsQuotingWhereThatCannotBeToldNamesTheWay() {
    Template template = template(slot(Quote.REFUSE));
    assertEquals("plain/x.txt", template.render(s -> List.of("plain/x.txt")));
    String message =
        assertThrows(BadInput.class, () -> template.render(s -> List.of("a b"))).getMessage();
    assertEquals(
        "f:1:2: {needs} stands where its value cannot be quoted (a here-document, backticks,"
            + " arithmetic or another shell): pass it by env; the value is a b",
        message);
  }

  @Test
  void justOneSlotGivesOneWordPerValue() {
    assertEquals(List.of("a b", "c"), template(slot(Quote.NONE)).words(s -> List.of("a b", "c")));
    assertEquals(
        List.of("-Ia b c"),
        template(new Part.Text("-I"), slot(Quote.NONE)).words(s -> List.of("a b", "c")));
    assertEquals(List.of("x"), Template.of("x").words(s -> List.of()));
  }
}

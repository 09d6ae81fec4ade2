// SPDX-License-Identifier: Apache-2.0
// A sentence is an opening, a subject with its verb, an object and a closing phrase, each drawn by
// itself: some ten thousand sentences a language from a page of phrases.
#include "corpora/generate/text.h"

#include <array>

namespace postern::corpora {
namespace {

using Phrases = std::span<const std::string_view>;

struct Grammar {
    Phrases openings;
    Phrases subjects;
    Phrases objects;
    Phrases closings;
    Phrases titles;
};

constexpr std::array<std::string_view, 14> english_openings = {"",
                                                               "",
                                                               "",
                                                               "",
                                                               "As agreed, ",
                                                               "Just to confirm, ",
                                                               "Before the meeting, ",
                                                               "After some thought, ",
                                                               "For your records, ",
                                                               "Following our call, ",
                                                               "In short, ",
                                                               "By the way, ",
                                                               "To be clear, ",
                                                               "This week "};
constexpr std::array<std::string_view, 18> english_subjects = {"the finance team has reviewed",
                                                               "our supplier sent",
                                                               "I have attached",
                                                               "we still need",
                                                               "the customer asked about",
                                                               "Maria will present",
                                                               "the auditors want to see",
                                                               "we can now close",
                                                               "the committee approved",
                                                               "the workshop will cover",
                                                               "procurement is waiting for",
                                                               "the new colleague prepared",
                                                               "the laboratory measured",
                                                               "you will find below",
                                                               "legal has commented on",
                                                               "the department paid for",
                                                               "nobody has yet answered",
                                                               "the students handed in"};
constexpr std::array<std::string_view, 20> english_objects = {
    "the quarterly figures",
    "the revised contract",
    "an updated project plan",
    "the list of open questions",
    "the delivery schedule",
    "two alternative offers",
    "the travel expenses",
    "the minutes of the meeting",
    "the final version of the report",
    "a short summary of the results",
    "the budget for the next year",
    "the drawings of the second floor",
    "the signed agreement",
    "the survey among the members",
    "a draft of the press release",
    "the measurements from the test bench",
    "the invoice of last month",
    "the photographs from the site",
    "the seating plan",
    "the slides of the lecture"};
constexpr std::array<std::string_view, 16> english_closings = {
    ".",
    ".",
    ".",
    " by Friday.",
    " as soon as possible.",
    " with a few small changes.",
    ", so please have a look.",
    " and would like your opinion.",
    " before the end of the month.",
    " for the steering group.",
    ", which answers most of the questions.",
    " without further costs.",
    " together with the annex.",
    ", but one detail is missing.",
    " in the usual folder.",
    "; let us talk about it on Thursday."};
constexpr std::array<std::string_view, 10> english_titles = {
    "quarterly report", "meeting minutes", "contract draft", "travel expenses", "site photographs",
    "project plan",     "invoice",         "seating plan",   "lecture slides",  "test results"};

constexpr std::array<std::string_view, 8> german_openings = {"",
                                                             "",
                                                             "",
                                                             "Wie besprochen: ",
                                                             "Zur Erinnerung: ",
                                                             "Kurz gesagt: ",
                                                             "Vorab: ",
                                                             "Nach unserem Gespräch: "};
constexpr std::array<std::string_view, 10> german_subjects = {
    "die Buchhaltung prüft", "der Lieferant schickte",          "im Anhang finden Sie",
    "wir benötigen noch",    "die Geschäftsführung genehmigte", "der Kunde fragt nach",
    "das Labor übergab",     "Herr Müller erläutert",           "die Prüfer möchten sehen:",
    "morgen besprechen wir"};
constexpr std::array<std::string_view, 10> german_objects = {
    "die Zahlen des Quartals",           "den überarbeiteten Vertrag",
    "das Protokoll der Sitzung",         "zwei Angebote",
    "die Messwerte vom Prüfstand",       "die Rechnung für März",
    "den Entwurf der Präsentation",      "die Liste der offenen Fragen",
    "den Zeitplan für das nächste Jahr", "die Pläne für das Gebäude"};
constexpr std::array<std::string_view, 8> german_closings = {".",
                                                             ".",
                                                             " bis Freitag.",
                                                             " mit kleinen Änderungen.",
                                                             " und bittet um Rückmeldung.",
                                                             " so früh wie möglich.",
                                                             ", wie üblich.",
                                                             " ohne zusätzliche Kosten."};
constexpr std::array<std::string_view, 6> german_titles = {
    "Übersicht März",    "Prüfbericht",   "Angebot für Büroräume",
    "Sitzungsprotokoll", "Maßnahmenplan", "Straßenplan"};

constexpr std::array<std::string_view, 6> french_openings = {
    "", "", "", "Comme convenu, ", "Pour mémoire, ", "Après réflexion, "};
constexpr std::array<std::string_view, 8> french_subjects = {"le service financier a vérifié",
                                                             "notre fournisseur a envoyé",
                                                             "vous trouverez ci-joint",
                                                             "nous attendons encore",
                                                             "le comité a approuvé",
                                                             "la cliente demande",
                                                             "l'équipe présentera",
                                                             "le bureau d'études a préparé"};
constexpr std::array<std::string_view, 8> french_objects = {
    "les chiffres du trimestre",     "le contrat révisé",
    "le compte rendu de la réunion", "deux devis",
    "le rapport définitif",          "la facture du mois passé",
    "les résultats des essais",      "le budget prévisionnel"};
constexpr std::array<std::string_view, 7> french_closings = {".",
                                                             ".",
                                                             " avant vendredi.",
                                                             " dès que possible.",
                                                             " avec quelques modifications.",
                                                             ", à relire s'il vous plaît.",
                                                             " sans frais supplémentaires."};
constexpr std::array<std::string_view, 5> french_titles = {"résumé", "compte rendu", "devis été",
                                                           "facture n° 12", "procès-verbal"};

constexpr std::array<std::string_view, 4> japanese_openings = {"", "", "念のため、",
                                                               "お世話になっております。"};
constexpr std::array<std::string_view, 6> japanese_subjects = {
    "経理部が", "担当者が", "弊社では", "お客様より", "来週の会議で", "技術部が"};
constexpr std::array<std::string_view, 7> japanese_objects = {
    "四半期の数字を", "改訂した契約書を", "会議の議事録を", "新しい見積書を",
    "試験の結果を",   "請求書を",         "来年度の予算を"};
constexpr std::array<std::string_view, 5> japanese_closings = {
    "確認しました。", "送付いたします。", "ご覧ください。", "説明する予定です。",
    "金曜日までにお願いします。"};
constexpr std::array<std::string_view, 4> japanese_titles = {"議事録", "見積書", "四半期報告",
                                                             "請求書"};

constexpr std::array<Person, 12> people = {{{"Anna Berg", "anna.berg@example.org"},
                                            {"Tom Fisher", "tom.fisher@example.com"},
                                            {"Jürgen Müller", "j.mueller@example.org"},
                                            {"Hélène Lefèvre", "helene@example.net"},
                                            {"佐藤 健", "sato@example.com"},
                                            {"Priya Nair", "priya.nair@example.net"},
                                            {"Office of Finance", "finance@example.org"},
                                            {"Copier on the 2nd floor", "copier-2@example.org"},
                                            {"Łukasz Żak", "lukasz.zak@example.net"},
                                            {"Grace Okafor", "g.okafor@example.com"},
                                            {"Help Desk", "help@example.org"},
                                            {"Carlos Peña", "carlos@example.com"}}};

const Grammar& grammar_of(Language language) {
    static constexpr std::array<Grammar, 4> grammars = {
        {{english_openings, english_subjects, english_objects, english_closings, english_titles},
         {german_openings, german_subjects, german_objects, german_closings, german_titles},
         {french_openings, french_subjects, french_objects, french_closings, french_titles},
         {japanese_openings, japanese_subjects, japanese_objects, japanese_closings,
          japanese_titles}}};
    return grammars[static_cast<std::size_t>(language)];
}

void append_sentence(Random& random, Language language, std::string& out) {
    const Grammar& grammar = grammar_of(language);
    const bool spaced = language != Language::japanese;
    const std::size_t begin = out.size();
    out += random.pick(grammar.openings);
    out += random.pick(grammar.subjects);
    if (spaced) out += ' ';
    out += random.pick(grammar.objects);
    out += random.pick(grammar.closings);
    char& first = out[begin];
    if (first >= 'a' && first <= 'z') first = static_cast<char>(first - 'a' + 'A');
    if (spaced) out += ' ';
}

// Breaks at the blank behind column 60 or so; Japanese has none and keeps its sentence on a line.
void append_wrapped(std::string_view text, std::string& out) {
    while (!text.empty()) {
        std::size_t end = text.size() <= 72 ? text.size() : text.rfind(' ', 72);
        if (end == std::string_view::npos || end == 0) end = std::min(text.find(' '), text.size());
        out += text.substr(0, end);
        out += "\r\n";
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

}  // namespace

Language pick_language(Random& random) {
    static constexpr std::array<std::uint8_t, 10> weights = {0, 0, 0, 0, 0, 0, 1, 1, 2, 3};
    return static_cast<Language>(random.pick(weights));
}

const Person& pick_person(Random& random) {
    return random.pick(people);
}

std::string_view pick_title(Random& random, Language language) {
    return random.pick(grammar_of(language).titles);
}

std::string sentences(Random& random, Language language, std::size_t size) {
    std::string out;
    out.reserve(size + 256);
    while (out.size() < size) append_sentence(random, language, out);
    return out;
}

std::string paragraphs(Random& random, Language language, std::size_t size) {
    std::string out;
    out.reserve(size + 1024);
    while (out.size() < size) {
        const std::size_t wanted =
            std::min<std::size_t>(size - out.size(), random.between(200, 700));
        std::string paragraph;
        if (language == Language::japanese) {
            append_sentence(random, language, paragraph);
        } else {
            paragraph = sentences(random, language, wanted);
            paragraph.pop_back();
        }
        append_wrapped(paragraph, out);
        out += "\r\n";
    }
    return out;
}

}  // namespace postern::corpora

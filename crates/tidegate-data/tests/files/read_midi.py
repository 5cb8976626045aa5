"""Reads chorale.mid with mido, a MIDI library of Python: its notes must be those of tests/midi.rs."""

import pathlib
import sys

import mido

PATH = pathlib.Path(__file__).with_name("chorale.mid")

# First beat, beats, pitch.
NOTES = [
    (0.0, 0.5, 48),
    (0.0, 0.5, 64),
    (0.0, 0.5, 67),
    (0.0, 1.5, 60),
    (0.5, 1.0, 53),
    (0.5, 1.0, 65),
    (0.5, 1.0, 69),
    (2.0, 0.5, 48),
    (2.0, 0.5, 60),
    (2.0, 0.5, 64),
    (2.0, 0.5, 67),
]


def main() -> int:
    song = mido.MidiFile(PATH)
    assert (song.type, len(song.tracks)) == (0, 1), (song.type, len(song.tracks))
    now, sounding, notes = 0, {}, []
    tempo = program = None
    for message in song.tracks[0]:
        now += message.time
        beat = now / song.ticks_per_beat
        if message.type == "set_tempo":
            tempo = mido.tempo2bpm(message.tempo)
        elif message.type == "program_change":
            program = message.program
        elif message.type == "note_on" and message.velocity > 0:
            assert message.note not in sounding, message
            sounding[message.note] = beat
        elif message.type in ("note_on", "note_off"):
            start = sounding.pop(message.note)
            notes.append((start, beat - start, message.note))
    assert not sounding, sounding
    assert (tempo, program) == (100.0, 19), (tempo, program)
    assert sorted(notes) == NOTES, sorted(notes)
    assert song.tracks[0][-1].type == "end_of_track"
    # Five steps of half a beat at 100 beats a minute.
    assert abs(song.length - 1.5) < 1e-6, song.length
    print(f"{PATH.name}: {len(notes)} notes, as written")
    return 0


if __name__ == "__main__":
    sys.exit(main())

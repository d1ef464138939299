"""The status page and the icon in a real browser without a screen: what it reads, and which colours it paints, not which pixels."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

from png import pixels
from world import SICK, WELL, World, check, until

CHROMIUM = sys.argv[1] if len(sys.argv) > 1 else "chromium-headless-shell"
# A closed network, no graphics card, perhaps root, and little shared memory.
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--no-proxy-server",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
    "--hide-scrollbars", "--force-color-profile=srgb", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
DARK, LIGHT = "--blink-settings=preferredColorScheme=0", "--blink-settings=preferredColorScheme=1"


def browse(folder, *args):
    ran = subprocess.run(
        [CHROMIUM, *FLAGS, f"--user-data-dir={folder}/chromium", *args], capture_output=True, text=True, timeout=60,
        env=dict(os.environ, HOME=str(folder)),
    )
    check(ran.returncode == 0, f"the browser ends well: {ran.stderr[-2000:]}")
    return ran.stdout


def dom(folder, url):
    return browse(folder, "--dump-dom", url)


def shot(folder, url, size, scheme=LIGHT):
    file = folder / "shot.png"
    file.unlink(missing_ok=True)
    browse(folder, f"--screenshot={file}", f"--window-size={size[0]},{size[1]}", scheme, url)
    return pixels(file)


def is_red(pixel):
    red, green, blue = pixel
    return red > 150 and green < 130 and blue < 130 and red - green > 80


def is_green(pixel):
    red, green, blue = pixel
    return green > 90 and green - red > 50 and green - blue > 30


def is_yellow(pixel):
    red, green, blue = pixel
    return red > 120 and 70 < green < 210 and red - blue > 90 and 20 < red - green < 80


def count(rows, kind):
    return sum(kind(pixel) for row in rows for pixel in row)


def bright(rows):
    """How bright the paper is: its corner is never written on."""
    return sum(rows[2][2]) / 3


def main():
    with tempfile.TemporaryDirectory(prefix="fieldpost-browser-") as name:
        folder = pathlib.Path(name)
        world = World(folder)
        try:
            story(world, folder)
        finally:
            world.close()
    print("browser: page and icon held in Chromium, well and sick, light and dark, wide and narrow")


def story(world, folder):
    badge = world.json("badge")
    page, icon = badge["page"], badge["icon"]
    wide, phone, small = (1000, 900), (360, 800), (200, 30)

    check("<title>2 sites ok · all sites</title>" in dom(folder, page), "the title says that all is well")
    rows = shot(folder, page, wide)
    check(count(rows, is_green) > 100 and count(rows, is_red) == 0, "a page that is well is green and has no red")
    rows = shot(folder, icon, small)
    check(count(rows, is_green) > 300 and count(rows, is_red) == 0, "the icon is green")

    world.feels(SICK)
    until("the problem is known", lambda: world.json("status", ok=(0, 3))["worst"] == "problem")
    html = dom(folder, page)
    check("<title>1 problem · all sites</title>" in html, "the title names the problem")
    check(re.search(r'<span class="problem">database: DOWN</span>', html), f"the line that is wrong: {html}")
    check("<script" not in html and "&lt;script&gt;alert(1)&lt;/script&gt;" in html, "what a site says stays text")
    rows = shot(folder, page, wide)
    check(count(rows, is_red) > 300, f"a page that is not well has red: {count(rows, is_red)}")
    check(count(rows, is_yellow) > 20, f"and its warnings are yellow: {count(rows, is_yellow)}")
    check(bright(rows) > 230, "light where that is wanted")
    dark = shot(folder, page, wide, DARK)
    check(bright(dark) < 60 and count(dark, is_red) > 300, "dark where that is wanted, and red is still seen")
    narrow = shot(folder, page, phone)
    edge = [row[-6:] for row in narrow]
    check(len({pixel for row in edge for pixel in row}) == 1, "on a phone nothing is cut off at the right")
    check(count(narrow[:250], is_red) > 100, "and what is wrong is in sight at once")
    rows = shot(folder, icon, small)
    check(count(rows, is_red) > 300 and count(rows, is_green) == 0, "the icon is red")
    check("✗ 1 problem" in dom(folder, icon), "and says so in words")

    embed = folder / "wiki.html"
    embed.write_text(f"<!doctype html><title>wiki</title><p>{badge['html']}</p>")
    rows = shot(folder, embed.as_uri(), (300, 80))
    check(count(rows, is_red) > 300, "the icon is red where it is embedded")

    world.feels(WELL)
    until("all is well", lambda: world.json("status", ok=(0, 3))["worst"] == "ok")
    rows = shot(folder, page, wide)
    check(count(rows, is_red) == 0, "and green again")


if __name__ == "__main__":
    main()

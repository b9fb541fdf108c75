#!/usr/bin/env python3
"""A person with a browser, scripted: `browser.py URL` opens the address, signs in on the page that comes, and follows where
it leads, as far as the client's own address; `browser.py URL CODE` types the code that a device shows.

`SMALT_USERNAME` says who the person is. The page's forms are filled in as they stand there; nothing is posted that the page
does not ask for. Named by `BROWSER`, it is what programs open that open a browser; they go on while it works, as they
would beside a real one.
"""

import os
import ssl
import sys
import urllib.error
import urllib.parse
import urllib.request
from html.parser import HTMLParser
from http.cookiejar import CookieJar


class Form(HTMLParser):
    """The first form of a page: where it posts to, and its fields; buttons with what pressing them says."""

    def __init__(self, page):
        super().__init__()
        self.action, self.fields, self.buttons, self.inside = "", {}, [], False
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form":
            self.action, self.inside = attributes.get("action", ""), True
        # Boxes stay empty unless somebody ticks them.
        if self.inside and tag == "input" and attributes.get("type") != "checkbox":
            self.fields[attributes["name"]] = attributes.get("value", "")
        if self.inside and tag == "button" and "name" in attributes:
            self.buttons.append((attributes["name"], attributes["value"]))

    def handle_endtag(self, tag):
        self.inside = self.inside and tag != "form"


class Staying(urllib.request.HTTPRedirectHandler):
    """Leaves the token service for the machine itself alone: nobody answers elsewhere."""

    def redirect_request(self, request, answer, code, message, headers, target):
        if urllib.parse.urlsplit(target).hostname != "localhost":
            return None
        return super().redirect_request(request, answer, code, message, headers, target)


class Browser:
    """Keeps its cookies, trusts smalt's authority, and goes through the proxy that the environment names."""

    def __init__(self, username, password=None, environ=os.environ):
        self.username, self.password = username, password
        context = ssl.create_default_context(cafile=environ.get("SSL_CERT_FILE"))
        proxy = {"https": environ["HTTPS_PROXY"]} if "HTTPS_PROXY" in environ else {}
        handlers = [
            Staying(),
            urllib.request.ProxyHandler(proxy),
            urllib.request.HTTPSHandler(context=context),
            urllib.request.HTTPCookieProcessor(CookieJar()),
        ]
        self.opener = urllib.request.build_opener(*handlers)

    def get(self, address):
        return self.follow(self.opener.open(address, timeout=60))

    def follow(self, answer):
        """The address and page that the person ends at, forms filled in on the way."""
        for _ in range(5):
            page = answer.read().decode()
            form = Form(page)
            posts_itself = "document.forms[0].submit()" in page
            if not posts_itself and "login" not in [*form.fields, *dict(form.buttons)]:
                return answer.geturl(), page
            if not posts_itself:
                self.fill(form, page)
            answer = self.post(answer.geturl(), form)
        raise RuntimeError(f"still no end at {answer.geturl()}: {page}")

    def fill(self, form, page):
        if "passwd" in form.fields:
            form.fields |= {"login": self.username, "passwd": self.password}
        elif ("login", self.username) in form.buttons:
            form.fields["login"] = self.username
        else:
            raise RuntimeError(f"the page does not offer {self.username}: {page}")

    def post(self, address, form):
        target = urllib.parse.urljoin(address, form.action) if form.action else address
        parts = urllib.parse.urlsplit(address)
        body = urllib.parse.urlencode(form.fields).encode()
        # As browsers do; the token service takes no sign-in from another site's page.
        headers = {"Origin": f"{parts.scheme}://{parts.netloc}"}
        return self.opener.open(urllib.request.Request(target, data=body, headers=headers), timeout=60)

    def authorize(self, address):
        """What the client's address would be told, without going there."""
        try:
            self.get(address)
        except urllib.error.HTTPError as leaving:
            query = urllib.parse.urlsplit(leaving.headers["Location"]).query
            return dict(urllib.parse.parse_qsl(query))
        raise RuntimeError(f"the browser was not sent away from {address}")

    def enter_device_code(self, address, code):
        """Types the code that a device shows, and signs in."""
        answer = self.opener.open(address, timeout=60)
        form = Form(answer.read().decode())
        form.fields["otc"] = code
        return self.follow(self.post(answer.geturl(), form))


if __name__ == "__main__" and os.fork() == 0:
    person = Browser(os.environ["SMALT_USERNAME"], os.environ.get("SMALT_PASSWORD"))
    person.enter_device_code(*sys.argv[1:]) if len(sys.argv) > 2 else person.get(sys.argv[1])

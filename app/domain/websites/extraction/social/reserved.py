"""Handles that no business has: pages of the platforms, accounts of site builders, and placeholders."""

from __future__ import annotations

from app.domain.websites.extraction.wordlists import words

# Pages of the platforms themselves, on any platform.
EVERYWHERE = words("""
    about accounts ads advertising api apps auth blog business careers contact cookies copyright developers
    download explore guidelines help home intent jobs legal login logout oauth policies policy press pricing
    privacy register rules search security settings share signin signup sitemap support terms tos upload
    personalization
""")
FACEBOOK = words("""
    2008 about ad_campaign ads album.php adsmanager ajax apps badges bookmarks browse business campaign careers
    chat common connect crisisresponse cookies developers dialog directory dyi editnote.php events event.php
    facebook feeds feed find-friends fundraisers friends games gaming group.php groups hashtag help home.php
    home images instantgames intern jobs l.php landing latest legal overview creatorstudio dataprotection lite
    live login login.php logout.php marketplace media messages messenger mobile note.php notes notifications
    offers onthisday pages_manager people permalink.php photo photo.php photos places platform plugins policies
    policy.php privacy public r.php recommendations recover reel reels reg rsrc.php salesgroups saved search
    security settings share share.php sharer sharer.php signup story.php stories terms.php terms tr translations
    unsupportedbrowser video video.php v watch weather widgets your_information zero profile.php pages pg p
""")
POSTS = words("""
    posts post videos video photos photo media_set permalink reel reels notes status statuses
""")
X = words("""
    about account compose download explore favorites following hashtag help home i intent javascripts jobs login
    logout messages oauth oct privacy search search-home settings share signup signin status statuses tos
    twitter widgets who_to_follow
""")
X_TABS = words("""
    followers following favorites likes media with_replies lists photos highlights articles
""")
INSTAGRAM = words("""
    _n _u about accounts api developer developers direct directory explore legal p privacy reel reels stories
    tags tv web challenge press oauth share
""")
YOUTUBE = words("""
    about account ads attribution_link attribution channel_switcher channels clip comment copyright creators
    create_channel c channel dev embed embed.php feed feeds gaming get_video_info hashtag howyoutubeworks
    iframe_api intl jobs kids live login logout movies music my_videos new news playlist player_api playables
    post premium press profile redirect results s select_site shared shorts show signin sports static
    subscription_center t tv trending upload user v view_play_list watch watch_popup watch_videos yt yts
""")
FLICKR = words("""
    about account badge_code cameras commons creativecommons events explore groups help import invite jobs map mobile
    people photos photo prints search services signin signup sorry tour upload upgrade
""")
FOURSQUARE = words("""
    article articles city-guide create deals device discover explore img login news oauth2 place places search signup
    tip topics top-places trending user v venue venues
""")
OPENTABLE = words("""
    about-us gift-cards landmark nearme private-dining restaurant-solutions start
""")
ZOMATO = words("""
    blog business collections contact deliver-food events gold journalists labs leaderboard restaurants users webroutes
    who-we-are partner-with-us review reviews
""")
PINTEREST = words("""
    about business categories explore favicon.ico ideas images join login logout oauth pin pins search settings
    today topics source _ videos _saved
""")
# Accounts of site builders, theme authors and platforms, and placeholders.
PLACEHOLDERS = words("""
    wix wixcom squarespace wordpress wordpresscom wordpressdotcom shopify weebly godaddy joomla drupal webflow
    jimdo duda elegantthemes themeforest envato templatemonster woothemes elementor automattic facebook
    facebookapp twitter instagram youtube linkedin google googleplus pinterest tiktok yelp tripadvisor opentable
    mailchimp hubspot username yourusername yourname yourpage yourprofile yourhandle yourcompany yourbrand
    yourchannel youraccount youruser yourbusiness yourpagename youridhere yourid yoursite user name page profile example
    test demo account handle company mycompany mypage companyname businessname pageurl profileurl myprofile
    profilename pagename fbdomain urltoprofile urltopage profilefacebook nullid undefined null nousername
    themeisle astra colorlib creativetim bootstrap getbootstrap startbootstrap sbootstrap bootstrapmade bootstrapmadecom
    htmlcodex templatemo w3layouts uideck graygrids themefisher themewagon gethugothemes hugothemes jekyllrb yoast
    woocommerce prestashop opencart magento bigcommerce ecwid typo3 ionos strato tailwindcss vercel nextjs gatsbyjs
    netlify themegrill kadencewp generatepress oceanwp avada divi kriesi qodeinteractive mikadothemes modeltheme
    ancorathemes themerex axiomthemes cmsmasters muffingroup tagdiv tagdivofficial thimpress wpastra brainstormforce
    codepen tooplate freehtml5co fh5co evanto themezy webflowapp framer canva mdbootstrap mdbootstrapcom cssninja
    w3schools fontawesome htmlup html5up styleshout freepik unsplash ajlkn addthis sharethis tapatalk svbtle vbulletin
    phpbb xenforo discourse twitterdev xdevelopers
""")
